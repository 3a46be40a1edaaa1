package io.caravan.destination;

import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** The step of {@code test-destination}. */
@Component("destinationTests")
class DestinationTests {

    private final ObjectStorageTest objectStorage;

    DestinationTests(ObjectStorageTest objectStorage) {
        this.objectStorage = objectStorage;
    }

    /** Tries out a destination as it would be saved; finding something wrong is a report, not an exception. */
    DestinationTestReport run(@Body DestinationDraft draft) {
        ObjectStorageSettings settings = (ObjectStorageSettings) draft.settings();
        return objectStorage.run(settings, draft.credentials());
    }
}
