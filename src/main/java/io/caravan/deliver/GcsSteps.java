package io.caravan.deliver;

import io.caravan.destination.GcsObjects;
import io.caravan.destination.StoredObject;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps of the leaf for Google Cloud Storage. */
@Component("gcsLeaf")
class GcsSteps {

    private final GcsObjects objects;

    GcsSteps(GcsObjects objects) {
        this.objects = objects;
    }

    /** What lies there now, to be compared. */
    StoredObject look(@Variable("item") DeliveryItem item, @Variable("objectKey") String key) {
        return objects.look(item.client(), item.bucket(), key);
    }

    StoredObject lookAgain(@Variable("item") DeliveryItem item, @Variable("object") RunObject object) {
        return objects.look(item.client(), item.bucket(), object.objectKey());
    }
}
