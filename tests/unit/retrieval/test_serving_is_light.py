import subprocess
import sys

SCRIPT = """
import sys
import retrieval.asking.answers, retrieval.building.build, retrieval.indexing.encoder, retrieval.asking.live
heavy = {"torch", "sentence_transformers", "transformers", "sklearn"} & set(sys.modules)
raise SystemExit(f"imported {heavy}" if heavy else 0)
"""


def test_serving_imports_no_training_library():
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
