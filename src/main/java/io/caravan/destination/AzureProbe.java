package io.caravan.destination;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;

/** A container of Azure Blob Storage. */
record AzureProbe(BlobContainerClient container) implements ProbedStore {

    @Override
    public void list() {
        container.listBlobs(new ListBlobsOptions().setMaxResultsPerPage(1), null).stream()
                .findFirst()
                .map(BlobItem::getName);
    }

    @Override
    public void write(String key, byte[] content) {
        container.getBlobClient(key).upload(BinaryData.fromBytes(content));
    }

    @Override
    public byte[] read(String key) {
        return container.getBlobClient(key).downloadContent().toBytes();
    }

    @Override
    public void delete(String key) {
        container.getBlobClient(key).delete();
    }

    /** Its client is everybody's. */
    @Override
    public void close() {}
}
