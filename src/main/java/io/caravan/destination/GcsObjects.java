package io.caravan.destination;

import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.StorageException;
import org.apache.camel.CamelContext;
import org.springframework.stereotype.Component;

/** What camel-google-storage has no operation for: a look at an object without reading it. */
@Component
public class GcsObjects {

    private final CamelContext camel;

    GcsObjects(CamelContext camel) {
        this.camel = camel;
    }

    /** @param client by its name in Camel's registry */
    public StoredObject look(String client, String bucket, String key) {
        Blob found = camel.getRegistry()
                .lookupByNameAndType(client, Storage.class)
                .get(BlobId.of(bucket, key), BlobGetOption.fields(BlobField.SIZE, BlobField.MD5HASH));
        if (found == null) {
            throw new StorageException(404, "The object is not there");
        }
        return new StoredObject(found.getSize(), found.getMd5ToHexString());
    }
}
