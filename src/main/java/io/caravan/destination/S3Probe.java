package io.caravan.destination;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** A bucket of an S3-compatible store. */
record S3Probe(S3Client client, String bucket) implements ProbedStore {

    @Override
    public void list() {
        client.listObjectsV2(b -> b.bucket(bucket).maxKeys(1));
    }

    @Override
    public void write(String key, byte[] content) {
        client.putObject(b -> b.bucket(bucket).key(key), RequestBody.fromBytes(content));
    }

    @Override
    public byte[] read(String key) {
        return client.getObjectAsBytes(
                        GetObjectRequest.builder().bucket(bucket).key(key).build())
                .asByteArray();
    }

    @Override
    public void delete(String key) {
        client.deleteObject(b -> b.bucket(bucket).key(key));
    }

    @Override
    public void close() {
        client.close();
    }
}
