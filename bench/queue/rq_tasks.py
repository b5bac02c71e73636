"""The task that RQ's workers import."""
RESULT = "x" * 100


def ocr(document):
    return RESULT
