"""JUnit XML, one test case for each unit, as CI systems read it."""

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from harness.evidence import Conclusion
from harness.model import UnitResult, Verdict

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 can't hold, and what an application may well answer or log."""


def junit(conclusion: Conclusion) -> str:
    """The document. A failing unit is a ``failure``; an unexcused unknown an ``error``; an unknown
    that is a measured lack of the target is ``skipped`` with its reason, and so is a unit that
    fails as its baseline knows."""
    results = conclusion.results
    suite = Element(
        "testsuite",
        name=f"{conclusion.application} on {conclusion.target}",
        tests=str(len(results)),
        failures=str(sum(r.verdict is Verdict.FAIL for r in results)),
        errors=str(sum(_is_error(r) for r in results)),
        skipped=str(sum(_is_skipped(r) for r in results)),
        time=f"{conclusion.seconds:.3f}",
    )
    if conclusion.mended:
        properties = SubElement(suite, "properties")
        for known in conclusion.mended:
            said = f"{known.law}: {known.title}"
            SubElement(properties, "property", name="no longer seen", value=said)
    for result in results:
        suite.append(_case(result))
    document = Element("testsuites")
    document.append(suite)
    text = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", tostring(document, encoding="unicode"))
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}"


def _case(result: UnitResult) -> Element:
    file, _, name = result.unit.partition("::")
    case = Element("testcase", classname=file, name=name or file, time=f"{result.seconds:.3f}")
    if result.verdict is Verdict.FAIL:
        for finding in result.findings:
            failure = SubElement(case, "failure", message=f"{finding.law}: {finding.title}")
            failure.text = "\n".join(
                filter(None, (finding.detail, *finding.logs, finding.reproduce))
            )
    elif result.verdict is Verdict.UNKNOWN:
        why = "; ".join(f"{u.kind.value}: {u.what}: {u.why}" for u in result.unknowns)
        SubElement(case, "error" if _is_error(result) else "skipped", message=why)
    if result.known:
        said = "\n".join(f"known: {f.law}: {f.title}" for f in result.known)
        if result.verdict is Verdict.PASS:
            SubElement(case, "skipped", message=said)
        else:
            SubElement(case, "system-out").text = said
    return case


def _is_skipped(result: UnitResult) -> bool:
    if result.verdict is Verdict.PASS:
        return bool(result.known)
    return result.verdict is Verdict.UNKNOWN and not _is_error(result)


def _is_error(result: UnitResult) -> bool:
    return result.verdict is Verdict.UNKNOWN and any(not u.excused for u in result.unknowns)
