package io.caravan.destination;

import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** The step of {@code test-destination}. */
@Component("destinationTests")
class DestinationTests {

    private final ObjectStorageTest objectStorage;
    private final FhirTest fhir;
    private final FileTest file;

    DestinationTests(ObjectStorageTest objectStorage, FhirTest fhir, FileTest file) {
        this.objectStorage = objectStorage;
        this.fhir = fhir;
        this.file = file;
    }

    /** Tries out a destination as it would be saved; finding something wrong is a report, not an exception. */
    DestinationTestReport run(@Body DestinationDraft draft) {
        if (draft.settings() instanceof FhirSettings server) {
            return fhir.run(server, (FhirCredentials) draft.credentials());
        }
        return draft.settings() instanceof FileSettings directory
                ? file.run(directory)
                : objectStorage.run((ObjectStorageSettings) draft.settings(), (StorageCredentials) draft.credentials());
    }
}
