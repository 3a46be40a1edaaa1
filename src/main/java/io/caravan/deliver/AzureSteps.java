package io.caravan.deliver;

import io.caravan.destination.AzureBlobs;
import io.caravan.destination.StoredObject;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps of the leaf for Azure Blob Storage. */
@Component("azureLeaf")
class AzureSteps {

    private final AzureBlobs blobs;

    AzureSteps(AzureBlobs blobs) {
        this.blobs = blobs;
    }

    /** What lies there now, to be compared. */
    StoredObject look(@Variable("item") DeliveryItem item, @Variable("objectKey") String key) {
        return blobs.look(item.client(), item.bucket(), key);
    }

    StoredObject lookAgain(@Variable("item") DeliveryItem item, @Variable("object") RunObject object) {
        return blobs.look(item.client(), item.bucket(), object.objectKey());
    }

    void remove(@Variable("item") Place place, @Variable("object") RunObject object) {
        blobs.remove(place.client(), place.bucket(), object.objectKey());
    }
}
