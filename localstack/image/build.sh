#!/usr/bin/env bash
# Builds an image that does what localstack/localstack:4.14.0 does for the harness, from Debian
# packages, PyPI and Maven: for networks from which no registry of images can be reached.
#
#   localstack/image/build.sh [IMAGE]        as root; default stageproof/localstack:4.14.0
#
# Needs a Docker engine (engine.sh beside this), uv, mvn and this project's own environment (PYTHON,
# default python3), all of which `nox -s image` sees to, and debootstrap, installed where apt-get can.
# DEBIAN_MIRROR names another mirror than debootstrap's own, ROOT keeps the tree between two builds.
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${1:-stageproof/localstack:4.14.0}
python=${PYTHON:-python3}
uv=${UV:-uv}
root=${ROOT:-$(mktemp -d)}
[ -n "${ROOT:-}" ] || trap 'rm -rf "$root"' EXIT

[ "$(id -u)" = 0 ] || {
    echo "debootstrap makes a system's folders, which root alone can: run this as root." >&2
    exit 2
}

told() {
    # Of debootstrap's hundreds of lines: that it goes on, and what went wrong.
    awk '/^[EW]:/ {print}
         /^I: Retrieving/ && ++fetched % 25 == 0 {print "  " fetched " packages fetched"}
         /^I: (Extracting|Unpacking|Configuring)/ && ++set % 50 == 0 {print "  " set " packages set up"}
         {fflush()}'
}

command -v debootstrap >/dev/null || {
    echo "debootstrap ..."
    apt-get install -qq -y --no-install-recommends debootstrap >/dev/null
}

if [ ! -x "$root/usr/bin/python3.13" ]; then
    echo "Debian 13 with Python 3.13 and Java 21 ..."
    debootstrap --variant=minbase \
        --include=python3,openjdk-21-jre-headless,ca-certificates,procps trixie "$root" \
        ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} 2>&1 | told
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
fi

echo "LocalStack from PyPI ..."
"$uv" pip install --target "$root/opt/localstack" --python-version 3.13 \
    --python-platform x86_64-unknown-linux-gnu --no-deps --link-mode copy \
    --requirements localstack/localstack-4.14.0.txt
echo /opt/localstack > "$root/usr/lib/python3/dist-packages/localstack.pth"

echo "DynamoDB Local from Maven ..."
jars=$("$python" -c '
import os, sys
from harness.targets import default_home
from harness.targets.localstack.jars import libraries_of
print(libraries_of(default_home(os.environ), os.environ, lambda said: print(said, file=sys.stderr)))
')
mkdir -p "$root/opt/dynamodb-local"
cp "$jars"/* "$root/opt/dynamodb-local/"

echo "$image ..."
tar -C "$root" --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -c . | docker import \
    --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV DYNAMODB_LOCAL_LIB=/opt/dynamodb-local LANG=C.UTF-8' \
    --change 'ENV FILESYSTEM_ROOT=/var/lib/localstack GATEWAY_LISTEN=0.0.0.0:4566' \
    --change 'EXPOSE 4566' \
    --change 'ENTRYPOINT ["python3", "-m", "localstack.runtime.main"]' \
    - "$image"

docker run --rm --network host --entrypoint python3 "$image" -c '
from localstack.version import version
print(f"it has LocalStack {version}")
'
echo "next: LOCALSTACK_MODE=container stageproof verify --target localstack"
