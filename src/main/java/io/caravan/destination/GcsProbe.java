package io.caravan.destination;

import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;

/** A bucket of Google Cloud Storage, asked as a service account. */
record GcsProbe(Storage client, String bucket) implements ProbedStore {

    @Override
    public void list() {
        client.list(bucket, BlobListOption.pageSize(1));
    }

    @Override
    public void write(String key, byte[] content) {
        client.create(BlobInfo.newBuilder(bucket, key).build(), content);
    }

    @Override
    public byte[] read(String key) {
        return client.readAllBytes(BlobId.of(bucket, key));
    }

    @Override
    public void delete(String key) {
        client.delete(BlobId.of(bucket, key));
    }

    /** Its connections are everybody's. */
    @Override
    public void close() {}
}
