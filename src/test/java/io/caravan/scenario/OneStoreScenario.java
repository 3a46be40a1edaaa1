package io.caravan.scenario;

import io.caravan.testing.S3Server;
import io.caravan.testing.SourceSimulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A destination in a store of its own, whose first run succeeded with nothing to deliver; then something happens to it. */
abstract class OneStoreScenario extends FaultScenario {

    static final String BUCKET = "box";

    S3Server store;
    SourceSimulator source;
    String destination;

    @BeforeEach
    void aDestinationThatWorks() {
        store = S3Server.start();
        store.createBucket(BUCKET);
        source = smallSource();
        destination = newDestination(store, BUCKET, "out");
        statusIs(caravan.awaitRuns(destination, 1).get(0), "succeeded");
        store.forgetRequests();
    }

    @AfterEach
    void stop() {
        source.close();
        store.close();
    }
}
