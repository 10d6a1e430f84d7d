"""Mappings that hand values on are understood; any that does more is not."""

import pytest

from harness.targets.appsync.idioms import Handing, of_js, of_vtl

RESULT = "$util.toJson($ctx.result)"
CHECKED = "#if($ctx.error)\n  $util.error($ctx.error.message, $ctx.error.type)\n#end\n" + RESULT


@pytest.mark.parametrize(
    ("request_template", "response", "expected"),
    [
        ("{}", "$util.toJson($ctx.prev.result)", Handing(None, raises=False)),
        ('{"version": "2017-02-28", "payload": $util.toJson($context.arguments)}', RESULT,
         Handing(("arguments",))),
        ('{"version": "2018-05-29", "payload": $utils.toJson($ctx.args.input)} ## note', RESULT,
         Handing(("arguments", "input"), raises=False)),
        ('{"version":"2018-05-29","operation":"Invoke","payload":$util.toJson($ctx)}', CHECKED,
         Handing(())),
        ('{"version":"2018-05-29","operation":"BatchInvoke","payload":$util.toJson($ctx)}', CHECKED,
         Handing((), batched=True)),
    ],
)  # fmt: skip
def test_vtl_that_hands_on(request_template: str, response: str, expected: Handing) -> None:
    assert of_vtl(request_template, response) == expected


@pytest.mark.parametrize(
    ("request_template", "response"),
    [
        ("{}", '{"id": "1"}'),
        ('{"payload": {"id": "1"}}', RESULT),
        ("#set($x = 1){}", RESULT),
        ("{}", '$util.toJson($ctx.result.put("a", 1))'),
    ],
)
def test_vtl_that_does_more(request_template: str, response: str) -> None:
    assert of_vtl(request_template, response) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import { util } from '@aws-appsync/utils';\n"
         "export function request(ctx) { return { payload: ctx.args.input }; }\n"
         "// as it is\nexport function response(ctx) { return ctx.result; }",
         Handing(("arguments", "input"), raises=False)),
        ("export function request() { return {}; }\n"
         "export function response(ctx) { return ctx.prev.result; }", Handing(None, raises=False)),
        ("export function request(ctx) { return { operation: 'Invoke', payload: ctx }; }\n"
         "export function response(ctx) {\n  if (ctx.error) {\n"
         "    util.error(ctx.error.message, ctx.error.type);\n  }\n  return ctx.result;\n}",
         Handing(())),
    ],
)  # fmt: skip
def test_js_that_hands_on(code: str, expected: Handing) -> None:
    assert of_js(code) == expected


OPENS = (
    "export function request(ctx) { return { operation: 'Invoke', payload: ctx }; }\n"
    "export function response(ctx) {\n"
    "  if (ctx.error) util.error(ctx.error.message, ctx.error.type);\n"
    "  if (ctx.result.errorType) {\n"
    "    util.error(ctx.result.errorMessage, ctx.result.errorType, ctx.result.data,"
    " ctx.result.errorInfo);\n  }\n  return ctx.result.data;\n}"
)


def test_js_that_opens_the_answer_of_a_function_that_types_its_errors() -> None:
    assert of_js(OPENS) == Handing((), envelope=True)


def test_the_answers_of_a_batch_are_opened_by_appsync_alone() -> None:
    assert of_js(OPENS.replace("'Invoke'", "'BatchInvoke'")) is None


def test_js_that_does_more() -> None:
    assert of_js("export function request(ctx) { return { payload: f(ctx) }; }") is None
