package io.caravan.destination;

import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** The step of {@code test-destination}. */
@Component("destinationTests")
class DestinationTests {

    private final ObjectStorageTest objectStorage;
    private final FhirTest fhir;

    DestinationTests(ObjectStorageTest objectStorage, FhirTest fhir) {
        this.objectStorage = objectStorage;
        this.fhir = fhir;
    }

    /** Tries out a destination as it would be saved; finding something wrong is a report, not an exception. */
    DestinationTestReport run(@Body DestinationDraft draft) {
        return draft.settings() instanceof FhirSettings server
                ? fhir.run(server, (FhirCredentials) draft.credentials())
                : objectStorage.run((ObjectStorageSettings) draft.settings(), (StorageCredentials) draft.credentials());
    }
}
