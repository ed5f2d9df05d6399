"""Files in and out of a store for s3_test.sh and stores_test.sh: store_files.py ENDPOINT ready|put|get|has|has-stage …

An endpoint whose address ends in an account (`http://HOST:PORT/ACCOUNT`) is one of Azure's; any other one speaks S3.
"""

import os
import sys


class S3:
    def __init__(self, endpoint):
        import boto3

        self.client = boto3.client("s3", endpoint_url=endpoint)

    def ready(self, bucket):
        self.client.create_bucket(Bucket=bucket)

    def keys(self, bucket, prefix):
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", []))

    def put(self, path, bucket, key):
        self.client.upload_file(path, bucket, key)

    def get(self, bucket, key, path):
        self.client.download_file(bucket, key, path)


class Azure:
    def __init__(self, endpoint):
        from azure.storage.blob import BlobServiceClient

        self.client = BlobServiceClient(endpoint, os.environ["AZURE_STORAGE_ACCOUNT_KEY"], retry_total=0)

    def ready(self, bucket):
        self.client.create_container(bucket)

    def keys(self, bucket, prefix):
        return (blob.name for blob in self.client.get_container_client(bucket).list_blobs(name_starts_with=prefix))

    def put(self, path, bucket, key):
        with open(path, "rb") as file:
            self.client.get_blob_client(bucket, key).upload_blob(file)

    def get(self, bucket, key, path):
        with open(path, "wb") as file:
            self.client.get_blob_client(bucket, key).download_blob().readinto(file)


def split(address):
    bucket, _, key = address.partition("://")[2].partition("/")
    return bucket, key


def main(endpoint, verb, *rest):
    store = Azure(endpoint) if endpoint.count("/") > 2 else S3(endpoint)
    if verb == "ready":
        store.ready("bucket")
    elif verb == "put":
        bucket, prefix = split(rest[1])
        for folder, _, names in os.walk(rest[0]):
            for name in names:
                path = os.path.join(folder, name)
                store.put(path, bucket, f"{prefix}/{os.path.relpath(path, rest[0])}")
    elif verb == "get":
        bucket, prefix = split(rest[0])
        for key in store.keys(bucket, prefix and prefix + "/"):
            path = os.path.join(rest[1], key[len(prefix) :].lstrip("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            store.get(bucket, key, path)
    elif verb == "has":
        bucket, key = split("/".join(rest))
        return 0 if key in store.keys(bucket, key) else 1
    elif verb == "has-stage":
        bucket, prefix = split(rest[0])
        return 0 if any(store.keys(bucket, "/".join([prefix, "work", rest[1], ""]))) else 1
    return 0


sys.exit(main(*sys.argv[1:]))
