package io.caravan.destination;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobProperties;
import java.util.HexFormat;
import org.apache.camel.CamelContext;
import org.springframework.stereotype.Component;

/** What camel-azure-storage-blob has no operation for: a look at a blob, and deleting one that may be gone already. */
@Component
public class AzureBlobs {

    private final CamelContext camel;

    AzureBlobs(CamelContext camel) {
        this.camel = camel;
    }

    /** @param client by its name in Camel's registry */
    public StoredObject look(String client, String container, String key) {
        BlobProperties found = blob(client, container, key).getProperties();
        byte[] md5 = found.getContentMd5();
        return new StoredObject(
                found.getBlobSize(), md5 == null ? null : HexFormat.of().formatHex(md5));
    }

    /** @param client by its name in Camel's registry */
    public void remove(String client, String container, String key) {
        blob(client, container, key).deleteIfExists();
    }

    private BlobClient blob(String client, String container, String key) {
        return camel.getRegistry()
                .lookupByNameAndType(client, BlobServiceClient.class)
                .getBlobContainerClient(container)
                .getBlobClient(key);
    }
}
