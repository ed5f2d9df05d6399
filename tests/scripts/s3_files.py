"""Files in and out of an S3 server for s3_test.sh: s3_files.py ENDPOINT ready|put|get|has|has-stage …"""

import os
import sys


def client(endpoint):
    import boto3

    return boto3.client("s3", endpoint_url=endpoint)


def split(address):
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


def keys(s3, bucket, prefix):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (entry["Key"] for entry in page.get("Contents", []))


def main(endpoint, verb, *rest):
    s3 = client(endpoint)
    if verb == "ready":
        s3.create_bucket(Bucket="bucket")
    elif verb == "put":
        bucket, prefix = split(rest[1])
        for folder, _, names in os.walk(rest[0]):
            for name in names:
                path = os.path.join(folder, name)
                s3.upload_file(path, bucket, f"{prefix}/{os.path.relpath(path, rest[0])}")
    elif verb == "get":
        bucket, prefix = split(rest[0])
        for key in keys(s3, bucket, prefix and prefix + "/"):
            path = os.path.join(rest[1], key[len(prefix) :].lstrip("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            s3.download_file(bucket, key, path)
    elif verb == "has":
        bucket, key = split("/".join(rest))
        return 0 if key in keys(s3, bucket, key) else 1
    elif verb == "has-stage":
        bucket, prefix = split(rest[0])
        return 0 if any(keys(s3, bucket, "/".join([prefix, "work", rest[1], ""]))) else 1
    return 0


sys.exit(main(*sys.argv[1:]))
