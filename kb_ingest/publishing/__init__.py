"""From approved entries to the build that answers: build, compare, judge, switch; and the way back.

publication = publish(Source(entries, asked), encoder, root, now=clock, questions=questions)
publication.published, publication.report.to_json()
"""

from kb_ingest.publishing.publication import Check, Publication, Source, publish, roll_back
from kb_ingest.publishing.questions import Question
from kb_ingest.publishing.report import Report

__all__ = ["Check", "Publication", "Question", "Report", "Source", "publish", "roll_back"]
