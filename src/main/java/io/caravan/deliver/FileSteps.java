package io.caravan.deliver;

import io.caravan.destination.FileObjects;
import io.caravan.destination.StoredObject;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps of the leaf for directories. */
@Component("fileLeaf")
class FileSteps {

    private final FileObjects files;

    FileSteps(FileObjects files) {
        this.files = files;
    }

    /** The root, once it is sure that the object would lie below it. */
    String place(@Variable("item") DeliveryItem item, @Variable("objectKey") String key) {
        return files.place(item.bucket(), key);
    }

    /** What lies there now, to be compared. */
    StoredObject look(@Variable("item") DeliveryItem item, @Variable("objectKey") String key) {
        return files.look(item.bucket(), key);
    }

    StoredObject lookAgain(@Variable("item") DeliveryItem item, @Variable("object") RunObject object) {
        return files.look(item.bucket(), object.objectKey());
    }

    void remove(@Variable("item") Place place, @Variable("object") RunObject object) {
        files.remove(place.bucket(), object.objectKey());
    }
}
