#!/usr/bin/env python3
"""Stands in for AWS on loopback: a few calls of Systems Manager, EC2, EC2 Instance
Connect, and the Security Token Service, and CloudTrail's history of them.

Nothing is run anywhere: a command that is sent has always succeeded. Each call is kept
as a record of CloudTrail with the user agent of its client, and the history shows it
half a second later. Besides, somebody else pushes a key and sends a command each second.

    .ci/control-plane.py PORT-FILE
"""

import json
import os
import re
import sys
import threading
import time
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ACCOUNT = "111122223333"
ARN = f"arn:aws:iam::{ACCOUNT}:user/avery"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
# How long the history takes to show a record, in seconds.
DELAY = 0.5
READING = ("Describe", "Get", "List", "Lookup")

lock = threading.Lock()
history = []  # (when it may be shown, record)
commands = {}  # id: the command


def lower(value):
    """What a record of CloudTrail makes of a request: names begin with a small letter."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower(item) for key, item in value.items()}
    if isinstance(value, list):
        return [lower(item) for item in value]
    return value


class Refused(Exception):
    """A call that nothing here answers."""


def send_command(request, region):
    command = {
        "CommandId": str(uuid.uuid4()),
        "DocumentName": request["DocumentName"],
        "InstanceIds": request["InstanceIds"],
        "Parameters": request.get("Parameters", {}),
        "Status": "Pending",
        "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": False},
    }
    with lock:
        commands[command["CommandId"]] = command
    return {"Command": command}


def known(request):
    with lock:
        return commands[request["CommandId"]]


def invocation(request, region):
    return {
        "CommandId": known(request)["CommandId"],
        "InstanceId": request["InstanceId"],
        "Status": "Success",
        "ResponseCode": 0,
    }


def invocations(request, region):
    plugin = {"Name": "aws:runShellScript", "Status": "Success", "Output": "uid=0(root)\n"}
    return {
        "CommandInvocations": [
            {"CommandId": known(request)["CommandId"], "CommandPlugins": [plugin]}
        ]
    }


def list_commands(request, region):
    return {"Commands": [{**known(request), "Status": "Success"}]}


def start_session(request, region):
    session = f"avery-{uuid.uuid4().hex[:17]}"
    return {
        "SessionId": session,
        "TokenValue": "a token",
        "StreamUrl": f"wss://ssmmessages.{region}.amazonaws.com/v1/data-channel/{session}",
    }


JSON = {
    "DescribeInstanceInformation": lambda *_: {
        "InstanceInformationList": [{"InstanceId": "i-0abc1234def567890", "PingStatus": "Online"}]
    },
    "GetConnectionStatus": lambda request, _: {"Target": request["Target"], "Status": "connected"},
    "SendCommand": send_command,
    "GetCommandInvocation": invocation,
    "ListCommandInvocations": invocations,
    "ListCommands": list_commands,
    "StartSession": start_session,
    "TerminateSession": lambda request, _: {"SessionId": request["SessionId"]},
    "SendSSHPublicKey": lambda *_: {"RequestId": str(uuid.uuid4()), "Success": True},
}

XML = {
    "GetCallerIdentity": f"<GetCallerIdentityResult><Arn>{ARN}</Arn><UserId>AIDAEXAMPLE</UserId>"
    f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult>",
    "DescribeInstances": "<reservationSet><item><instancesSet><item><instanceState><code>16</code>"
    "<name>running</name></instanceState></item></instancesSet></item></reservationSet>",
    "DescribeRegions": "<regionInfo/>",
}


def recorded(name, request, answer):
    """The request and the answer as they are recorded."""
    request, answer = lower(request), lower(answer)
    if name.startswith(READING):
        answer = None
    if name == "SendCommand":
        request["parameters"] = answer["command"]["parameters"] = HIDDEN
    if name == "StartSession":
        answer["tokenValue"] = "Value hidden due to security reasons."
    return request, answer


def keep(name, service, region, request, answer, user, agent):
    """Keeps a call as CloudTrail would."""
    request, answer = recorded(name, request, answer)
    record = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}",
            "accountId": ACCOUNT,
            "userName": user,
        },
        "eventTime": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": agent,
        "requestParameters": request or None,
        "responseElements": answer,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": name.startswith(READING),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    with lock:
        history.append((time.monotonic() + DELAY, record))


def somebody_else():
    """Makes calls of the same kinds with another client, all the time."""
    region, agent = "eu-central-1", "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux"
    while True:
        request = {"InstanceId": "i-0fedcba9876543210", "InstanceOSUser": "ubuntu"}
        keep("SendSSHPublicKey", "ec2-instance-connect", region, request, {"Success": True}, "jordan", agent)
        request = {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-0fedcba9876543210"]}
        keep("SendCommand", "ssm", region, request, send_command(request, region), "jordan", agent)
        time.sleep(1)


class Plane(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", self.headers.get("authorization", ""))
        if not scope:
            return self.answer(403, json.dumps({"__type": "MissingAuthenticationToken"}))
        region, service = scope.groups()
        target = self.headers.get("x-amz-target", "")
        try:
            if target.endswith(".LookupEvents"):
                return self.answer(200, json.dumps(self.look_up(json.loads(body))))
            if target:
                name = target.rsplit(".", 1)[1]
                request = json.loads(body or b"{}")
                if name not in JSON:
                    raise Refused(name)
                answer = JSON[name](request, region)
                text = json.dumps(answer)
            else:
                request = {key: values[0] for key, values in parse_qs(body.decode()).items()}
                name = request.pop("Action", "")
                request.pop("Version", None)
                if name not in XML:
                    raise Refused(name)
                answer = None
                text = f"<{name}Response>{XML[name]}</{name}Response>"
        except (KeyError, Refused, ValueError) as error:
            return self.answer(400, json.dumps({"__type": "InvalidAction", "message": repr(error)}))
        agent = self.headers.get("user-agent", "")
        keep(name, service, region, request, answer, "avery", agent)
        self.answer(200, text)

    @staticmethod
    def look_up(request):
        with lock:
            shown = [record for due, record in history if due <= time.monotonic()]
        span = range(int(request["StartTime"]), int(request["EndTime"]) + 1)

        def holds(record):
            return int(datetime.fromisoformat(record["eventTime"]).timestamp()) in span

        events = [{"CloudTrailEvent": json.dumps(record)} for record in shown if holds(record)]
        start = int(request.get("NextToken") or 0)
        page = int(request.get("MaxResults", 50))
        answer = {"Events": events[start : start + page]}
        if start + page < len(events):
            answer["NextToken"] = str(start + page)
        return answer

    def answer(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", "application/x-amz-json-1.1" if text[:1] == "{" else "text/xml")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


server = ThreadingHTTPServer(("127.0.0.1", 0), Plane)
with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
    file.write(str(server.server_address[1]))
# The file is whole as soon as it has its name.
os.replace(sys.argv[1] + ".new", sys.argv[1])
threading.Thread(target=somebody_else, daemon=True).start()
server.serve_forever()
