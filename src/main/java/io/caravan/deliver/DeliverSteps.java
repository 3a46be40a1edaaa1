package io.caravan.deliver;

import io.caravan.destination.DestinationClients;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.DestinationSettings;
import io.caravan.destination.FhirSettings;
import io.caravan.destination.StoreSettings;
import io.caravan.destination.StoredObject;
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
    private final DestinationForms forms;
    private final DestinationClients clients;
    private final Leases leases;
    private final SpoolFolder spools;
    private final Manifests manifests;

    DeliverSteps(
            DataSource database,
            DestinationForms forms,
            DestinationClients clients,
            Leases leases,
            SpoolFolder spools,
            Manifests manifests) {
        this.database = database;
        this.forms = forms;
        this.clients = clients;
        this.leases = leases;
        this.spools = spools;
        this.manifests = manifests;
    }

    /** The item with its destination's settings and the name of its client. */
    DeliveryItem open(@Variable("claim") ClaimedItem claim) {
        StoreSettings storage = (StoreSettings) forms.read(claim.destinationType(), claim.settings());
        return new DeliveryItem(claim, storage, client(claim, storage));
    }

    /** Where the item's object lies until it is delivered. */
    Spool spool(@Variable("item") DeliveryItem item) throws IOException {
        return item.gzip()
                ? spools.openGzip(item.claim().id())
                : spools.open(item.claim().id());
    }

    /** The one range of a file. */
    RecordRange range(@Variable("item") DeliveryItem item) {
        return manifests.ranges(item.claim()).get(0);
    }

    /** The ranges of an archive, one for each entry. */
    List<RecordRange> ranges(@Variable("item") DeliveryItem item) {
        return manifests.ranges(item.claim());
    }

    Archive archive(@Variable("spool") Spool spool) {
        return new Archive(spool);
    }

    /** A range's records, some hundred at a time, to be split; large ones in pieces. */
    RangeCursor<?> records(@Variable("range") RecordRange range) throws SQLException {
        return range.large() ? new PieceCursor(database, range) : new RecordCursor(database, range);
    }

    /** One chunk of lines, already marshalled. */
    void append(@Variable("spool") Spool spool, @Body byte[] lines) throws IOException {
        spool.append(lines, count(lines));
    }

    /** One chunk of tombstones, each {@code Type/id}, as one line. */
    void appendDeletions(@Variable("spool") Spool spool, @Body List<byte[]> references) throws IOException {
        spool.append(Deletions.line(references), references.size());
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
            @Variable("range") RecordRange range,
            @Variable("spool") Spool spool,
            @Variable("cursor") RangeCursor<?> cursor)
            throws IOException {
        spool.complete();
        int missing = range.selected() - spool.records();
        if (missing < 0 || missing > cursor.changedSince()) {
            throw DeliveryException.permanent(
                    ErrorCode.COUNT_MISMATCH,
                    "%d resources were selected and %d found, but only %d have changed since."
                            .formatted(range.selected(), spool.records(), cursor.changedSince()));
        }
    }

    void completeArchive(@Variable("archive") Archive archive) throws IOException {
        archive.complete();
    }

    /** The archive as it will leave, read back entry by entry. */
    void readBack(@Variable("archive") Archive archive, @Variable("spool") Spool spool) throws IOException {
        archive.readBack(spool.file());
    }

    /** The objects of the run, to be looked at once more before the manifest says that they are there. */
    List<RunObject> objects(@Variable("item") DeliveryItem item) {
        return manifests.distinctObjects(item.claim().orgId(), item.claim().runId());
    }

    /** Where the objects of a run lie that is taken back. */
    Place place(@Variable("run") ClaimedRun run) {
        Manifests.Delivering to = manifests.place(run.orgId(), run.id());
        DestinationSettings settings = forms.read(to.type(), to.settings());
        if (settings instanceof FhirSettings) {
            return new Place("", "", "fhir"); // what was written there is no object, and stays
        }
        StoreSettings storage = (StoreSettings) settings;
        DestinationClients.Client client =
                clients.bind(run.holder(), run.orgId(), to.destinationId(), storage, to.revision());
        return new Place(storage.bucket(), client.name(), client.leaf());
    }

    void checkRun(@Variable("run") ClaimedRun run) {
        leases.check(run);
    }

    /** Whatever became of the objects of a run that is taken back. */
    void leave(@Variable("run") ClaimedRun run) {
        clients.release(run.holder());
    }

    /** What a run that is taken back has delivered so far. */
    List<RunObject> delivered(@Variable("run") ClaimedRun run) {
        return manifests.distinctObjects(run.orgId(), run.id());
    }

    void writeManifest(@Variable("item") DeliveryItem item, @Variable("spool") Spool spool) throws IOException {
        spool.append(manifests.write(item), 0);
        spool.complete();
    }

    /**
     * Called before each request to a destination, which has the credentials of now: only a node that holds the item may send.
     *
     * @throws DeliveryException where the destination asked to be left alone
     */
    DeliveryItem ready(@Variable("item") DeliveryItem item) {
        ClaimedItem claim = item.claim();
        DestinationClients.Way way = clients.way(claim.orgId(), claim.destinationId());
        if (!way.pause().isZero()) {
            throw DeliveryException.mustWait(way.pause());
        }
        DestinationClients.Client client =
                clients.bind(claim.holder(), claim.orgId(), claim.destinationId(), item.storage(), way.revision());
        leases.check(claim);
        return new DeliveryItem(claim, item.storage(), client);
    }

    private DestinationClients.Client client(ClaimedItem claim, StoreSettings storage) {
        return clients.bind(claim.holder(), claim.orgId(), claim.destinationId(), storage);
    }

    /** The object just uploaded is what was spooled; the answer is its ETag, by which it is known again. */
    String verifyUpload(@Variable("spool") Spool spool, @Body HeadObjectResponse found) {
        boolean encrypted = found.ssekmsKeyId() != null || found.sseCustomerAlgorithm() != null;
        Verification.uploaded(spool.bytes(), spool.md5(), found.contentLength(), found.eTag(), encrypted);
        return found.eTag();
    }

    /** As {@link #verifyUpload}, at a store that says which MD5 it has: by that it is known again. */
    String verifyStored(@Variable("spool") Spool spool, @Body StoredObject found) {
        Verification.uploaded(spool.bytes(), spool.md5(), found);
        return found.md5();
    }

    void verifyStoredObject(@Variable("object") RunObject object, @Body StoredObject found) {
        Verification.unchanged(object.bytes(), object.etag(), found.bytes(), found.md5());
    }

    /** The object uploaded earlier is still what it was. */
    void verifyObject(@Variable("object") RunObject object, @Body HeadObjectResponse found) {
        Verification.unchanged(object.bytes(), object.etag(), found.contentLength(), found.eTag());
    }

    Receipt receipt(
            @Variable("item") DeliveryItem item,
            @Variable("spool") Spool spool,
            @Variable("objectKey") String objectKey,
            @Variable("etag") String etag,
            @Variable("archive") Archive archive) {
        return Receipt.of(item.claim(), spool, objectKey, etag, archive == null ? List.of() : archive.entries());
    }

    /** What was refused to credentials that have been replaced meanwhile is tried with those of now. */
    ItemFailure failure(
            @Variable("claim") ClaimedItem claim, @ExchangeProperty("CamelExceptionCaught") Exception thrown) {
        ItemFailure failure = DeliveryFailures.of(claim, thrown);
        boolean granted = failure.stopsRun() && clients.outdated(claim.holder(), claim.orgId(), claim.destinationId());
        return granted ? failure.tryingAgain() : failure;
    }

    /** Whatever became of the item: its file is deleted, its cursor closed, its claim given back. */
    void end(
            @Variable("claim") ClaimedItem claim,
            @Variable("spool") Spool spool,
            @Variable("archive") Archive archive,
            @Variable("cursor") RangeCursor<?> cursor)
            throws IOException {
        leases.release(claim);
        clients.release(claim.holder());
        if (cursor != null) {
            cursor.close();
        }
        if (spool != null) {
            spool.close();
        }
        if (archive != null) {
            archive.spool().close();
        }
        spools.discard(claim.id());
    }
}
