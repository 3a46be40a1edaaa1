package io.caravan.deliver;

import io.caravan.destination.Destination;
import io.caravan.destination.DestinationClients;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.Destinations;
import io.caravan.destination.ObjectStorageSettings;
import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.run.Leases;
import io.caravan.support.ErrorCode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** The steps of the delivery routes ({@code deliver.camel.yaml} and the leaves). */
@Component("deliver")
class DeliverSteps {

    private final DataSource database;
    private final Destinations destinations;
    private final DestinationForms forms;
    private final DestinationClients clients;
    private final Leases leases;
    private final SpoolFolder spools;
    private final Manifests manifests;

    DeliverSteps(
            DataSource database,
            Destinations destinations,
            DestinationForms forms,
            DestinationClients clients,
            Leases leases,
            SpoolFolder spools,
            Manifests manifests) {
        this.database = database;
        this.destinations = destinations;
        this.forms = forms;
        this.clients = clients;
        this.leases = leases;
        this.spools = spools;
        this.manifests = manifests;
    }

    /** The item with its destination's settings and the name of its client. */
    DeliveryItem open(@Variable("claim") ClaimedItem claim) {
        ObjectStorageSettings storage = (ObjectStorageSettings) forms.read(claim.settings());
        String client = clients.bind(claim.orgId(), claim.destinationId(), claim.revision(), storage);
        return new DeliveryItem(claim, storage, client);
    }

    /** Where the item's object lies until it is delivered. */
    Spool spool(@Variable("item") DeliveryItem item) throws IOException {
        return spools.open(item.claim().id());
    }

    /** The item's records, some hundred at a time, to be split. */
    RecordCursor records(@Variable("item") DeliveryItem item) throws SQLException {
        return new RecordCursor(database, item.claim());
    }

    /** One chunk of lines, already marshalled. */
    void append(@Variable("spool") Spool spool, @Body byte[] lines) throws IOException {
        spool.append(lines, count(lines));
    }

    private static int count(byte[] lines) {
        int n = 0;
        for (byte b : lines) {
            n += b == '\n' ? 1 : 0;
        }
        return n;
    }

    /**
     * Closes the file and holds its lines against the plan: what is missing must have a newer version.
     *
     * @throws DeliveryException {@code count_mismatch} where records are missing that nothing superseded
     */
    void complete(
            @Variable("item") DeliveryItem item,
            @Variable("spool") Spool spool,
            @Variable("cursor") RecordCursor cursor)
            throws IOException {
        spool.complete();
        int missing = item.claim().selected() - spool.records();
        if (missing < 0 || missing > cursor.changedSince()) {
            throw DeliveryException.permanent(
                    ErrorCode.COUNT_MISMATCH,
                    "%d resources were selected and %d found, but only %d have changed since."
                            .formatted(item.claim().selected(), spool.records(), cursor.changedSince()));
        }
    }

    /** The objects of the run, to be looked at once more before the manifest says that they are there. */
    List<RunObject> objects(@Variable("item") DeliveryItem item) {
        return manifests.objects(item.claim().orgId(), item.claim().runId()).stream()
                .filter(RunObject::there)
                .toList();
    }

    /** Where the objects of a run lie that is taken back. */
    Place place(@Variable("run") ClaimedRun run) {
        Destination destination = destinations.get(run.orgId(), run.destinationId());
        ObjectStorageSettings storage = (ObjectStorageSettings) destination.settings();
        String client = clients.bind(run.orgId(), destination.id(), destination.revision(), storage);
        return new Place(storage.bucket(), client, storage.kind());
    }

    /** What a run that is taken back has delivered so far. */
    List<RunObject> delivered(@Variable("run") ClaimedRun run) {
        leases.check(run);
        return manifests.objects(run.orgId(), run.id()).stream()
                .filter(RunObject::there)
                .toList();
    }

    void writeManifest(@Variable("item") DeliveryItem item, @Variable("spool") Spool spool) throws IOException {
        spool.append(manifests.write(item), 0);
        spool.complete();
    }

    /** Called before each request to a destination: only a node that holds the item may send. */
    void check(@Variable("item") DeliveryItem item) {
        leases.check(item.claim());
    }

    /** The object just uploaded is what was spooled; the answer is its ETag, by which it is known again. */
    String verifyUpload(@Variable("spool") Spool spool, @Body HeadObjectResponse found) {
        boolean encrypted = found.ssekmsKeyId() != null || found.sseCustomerAlgorithm() != null;
        Verification.uploaded(spool.bytes(), spool.md5(), found.contentLength(), found.eTag(), encrypted);
        return found.eTag();
    }

    /** The object uploaded earlier is still what it was. */
    void verifyObject(@Variable("object") RunObject object, @Body HeadObjectResponse found) {
        Verification.unchanged(object.bytes(), object.etag(), found.contentLength(), found.eTag());
    }

    Receipt receipt(
            @Variable("item") DeliveryItem item,
            @Variable("spool") Spool spool,
            @Variable("objectKey") String objectKey,
            @Variable("etag") String etag) {
        int superseded =
                item.claim().kind().equals("manifest") ? 0 : item.claim().selected() - spool.records();
        return Receipt.of(item.claim(), spool, objectKey, etag, superseded);
    }

    ItemFailure failure(
            @Variable("claim") ClaimedItem claim, @ExchangeProperty("CamelExceptionCaught") Exception thrown) {
        return DeliveryFailures.of(claim, thrown);
    }

    /** Whatever became of the item: its file is deleted, its cursor closed, its claim given back. */
    void end(
            @Variable("claim") ClaimedItem claim,
            @Variable("spool") Spool spool,
            @Variable("cursor") RecordCursor cursor)
            throws IOException {
        leases.release(claim);
        if (cursor != null) {
            cursor.close();
        }
        if (spool != null) {
            spool.close();
        }
    }
}
