"""Other services, each asked for one thing that an application would lean on."""

import json
import time
from typing import Any

from harness.model import Capability
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench, within

_WORD = "Long-enough-1!"


@asks(Capability.COGNITO, "a user signs in and gets signed tokens")
def cognito(bench: Bench) -> Answer:
    """A pool, a client, a user, a sign-in."""
    client = bench.client("cognito-idp")
    pool = client.create_user_pool(PoolName=bench.name("pool"))["UserPool"]["Id"]
    app = client.create_user_pool_client(
        UserPoolId=pool, ClientName="probe", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH",
                                                                "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]  # fmt: skip
    who = {"UserPoolId": pool, "Username": "somebody"}
    client.admin_create_user(**who, MessageAction="SUPPRESS")
    client.admin_set_user_password(**who, Password=_WORD, Permanent=True)
    given = client.initiate_auth(
        ClientId=app, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "somebody", "PASSWORD": _WORD},
    ).get("AuthenticationResult", {})  # fmt: skip
    parts = str(given.get("AccessToken", "")).split(".")
    return len(parts) == 3, (
        f"a user of a new pool signed in with a password: "
        f"{'got a token' if len(parts) == 3 else 'got none'}"
    )


@asks(Capability.PIPES, "a pipe carries a queue's messages to its target")
def pipes(bench: Bench) -> Answer:
    """From one queue to another."""
    source, source_arn = bench.queue("pipe-from")
    target, target_arn = bench.queue("pipe-to")
    bench.client("pipes").create_pipe(
        Name=bench.name("pipe"), RoleArn=bench.out("RoleArn"), Source=source_arn, Target=target_arn
    )
    bench.client("sqs").send_message(QueueUrl=source, MessageBody="through")
    told = bench.received(target, 20)
    return bool(told), (
        "a pipe from one queue to another: the message "
        f"{'arrived' if told else 'did not arrive'} within 20 s"
    )


@asks(Capability.SECRET_ROTATION, "a rotation's four steps run; the new value is current")
def rotation(bench: Bench) -> Answer:
    """Rotate at once."""
    secrets = bench.client("secretsmanager")
    name = secrets.create_secret(Name=bench.name("secret"), SecretString="first")["ARN"]
    secrets.rotate_secret(
        SecretId=name, RotationLambdaARN=bench.arn("Rotating"), RotateImmediately=True,
        RotationRules={"AutomaticallyAfterDays": 30},
    )  # fmt: skip
    rotated = within(
        20, lambda: secrets.get_secret_value(SecretId=name)["SecretString"] == "rotated"
    )
    steps = ("createSecret", "setSecret", "testSecret", "finishSecret")
    ran = [step for step in steps if bench.seen(f"rotation {step}")]
    return rotated and len(ran) == 4, (
        f"rotate_secret with a function that does its four steps: {len(ran)} ran, the current "
        f"value is {'the new' if rotated else 'still the old'} one"
    )


@asks(Capability.S3_VERSIONING, "an overwritten object's versions are kept and can be read")
def versioning(bench: Bench) -> Answer:
    """Overwrite, delete, read the first."""
    s3, bucket = bench.client("s3"), _bucket(bench, "versions")
    on = {"Status": "Enabled"}
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=on)
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"first").get("VersionId", "")
    s3.put_object(Bucket=bucket, Key="k", Body=b"second")
    s3.delete_object(Bucket=bucket, Key="k")
    read = s3.get_object(Bucket=bucket, Key="k", VersionId=first)["Body"].read() if first else b""
    listed = s3.list_object_versions(Bucket=bucket)
    kept, marks = len(listed.get("Versions", [])), len(listed.get("DeleteMarkers", []))
    return (read, kept, marks) == (b"first", 2, 1), (
        f"an object put twice and deleted: {kept} versions and {marks} delete marker; the first "
        f"{'can' if read == b'first' else 'cannot'} be read"
    )


@asks(Capability.S3_TO_QUEUE, "a bucket's notifications reach a queue")
def notifications(bench: Bench) -> Answer:
    """Put an object."""
    s3, bucket = bench.client("s3"), _bucket(bench, "notified")
    url, arn = bench.queue("s3")
    _let_in(bench, url, arn, "s3.amazonaws.com")
    wanted = [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": wanted}
    )
    bench.received(url, 1)  # what S3 says when it begins
    s3.put_object(Bucket=bucket, Key="told", Body=b"x")
    told: list[str] = []

    def heard() -> bool:
        told.extend(x for x in bench.received(url, 2) if "told" in x)
        return bool(told)

    return within(15, heard), (
        f"an object put into a bucket with notifications: the queue {'had' if told else 'had no'} "
        "word of it within 15 s"
    )


@asks(Capability.ALARMS, "an alarm's state follows its metric and its action is taken", slow=True)
def alarms(bench: Bench) -> Answer:
    """A metric over its threshold, an alarm that tells a topic."""
    url, arn = bench.queue("alarm")
    sns, cloudwatch = bench.client("sns"), bench.client("cloudwatch")
    topic = sns.create_topic(Name=bench.name("alarm"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    name = bench.name("alarm")
    cloudwatch.put_metric_alarm(
        AlarmName=name, Namespace="Probe", MetricName=name, Statistic="Sum", Period=10,
        EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic], TreatMissingData="ignore",
    )  # fmt: skip
    state = ""

    def alarmed() -> bool:
        nonlocal state
        datum = {"MetricName": name, "Value": 5.0, "Timestamp": time.time()}
        cloudwatch.put_metric_data(Namespace="Probe", MetricData=[datum])
        (read,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        state = read["StateValue"]
        return state == "ALARM" or within(2, lambda: False)

    within(80, alarmed)
    told = bench.received(url, 10) if state == "ALARM" else []
    return state == "ALARM" and bool(told), (
        f"a metric over its threshold for 80 s: the alarm was {state}, its topic was "
        f"{'told' if told else 'not told'}"
    )


@asks(
    Capability.CUSTOM_RESOURCES, "a custom resource invokes its function and waits for its answer"
)
def custom_resources(bench: Bench) -> Answer:
    """A stack of one custom resource whose function never answers."""
    cloudformation, stack = bench.client("cloudformation"), bench.name("custom")
    resource = {"Type": "Custom::Probe", "Properties": {"ServiceToken": bench.arn("Echo")}}
    body = json.dumps({"Resources": {"Asked": {**resource}}})
    cloudformation.create_stack(StackName=stack, TemplateBody=body)
    status = ""

    def ended() -> bool:
        nonlocal status
        (read,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        status = read["StackStatus"]
        return not status.endswith("_IN_PROGRESS")

    within(8, ended)
    return status == "CREATE_IN_PROGRESS", (
        "a custom resource whose function never sends its answer: the stack was "
        f"{status} within 8 s"
    )


@asks(Capability.STEP_FUNCTIONS, "a state machine runs its function and passes its answer on")
def step_functions(bench: Bench) -> Answer:
    """One task and a choice."""
    client = bench.client("stepfunctions")
    definition = {
        "StartAt": "Ask",
        "States": {
            "Ask": {"Type": "Task", "Resource": bench.arn("Echo"), "Next": "Which"},
            "Which": {
                "Type": "Choice", "Default": "No",
                "Choices": [{"Variable": "$.statusCode", "NumericEquals": 200, "Next": "Yes"}],
            },
            "Yes": {"Type": "Pass", "Result": "chosen", "End": True},
            "No": {"Type": "Fail"},
        },
    }  # fmt: skip
    machine = client.create_state_machine(
        name=bench.name("machine"), definition=json.dumps(definition), roleArn=bench.out("RoleArn")
    )["stateMachineArn"]
    run = client.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    within(20, lambda: _execution(client, run)["status"] != "RUNNING")
    read = _execution(client, run)
    return read.get("output") == '"chosen"', (
        f"a state machine of a function and a choice ended {read['status']}"
    )


def _execution(client: Any, arn: str) -> dict[str, Any]:
    return dict(client.describe_execution(executionArn=arn))


def _bucket(bench: Bench, what: str) -> str:
    name = bench.name(what)
    where = {"LocationConstraint": bench.stage.region}
    bench.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return name


def _let_in(bench: Bench, url: str, arn: str, service: str) -> None:
    statement = {
        "Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage",
        "Resource": arn,
    }  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    bench.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
