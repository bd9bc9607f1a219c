import subprocess
import sys

SCRIPT = """
import sys
import retrieval.answers, retrieval.build, retrieval.encoder, retrieval.live
heavy = {"torch", "sentence_transformers", "transformers", "sklearn"} & set(sys.modules)
raise SystemExit(f"imported {heavy}" if heavy else 0)
"""


def test_serving_imports_no_training_library():
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
