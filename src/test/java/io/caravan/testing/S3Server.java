package io.caravan.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.springframework.util.FileSystemUtils;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An S3 server (S3Proxy) on 127.0.0.1 that checks SigV4 signatures, takes path-style addresses, and can be told to
 * fail. The object {@code key} of {@code bucket} is the file {@code <folder>/<bucket>/<key>}. What this class's own
 * methods do does not pass over HTTP: it needs no credentials, meets no fault, and is not in the ledger.
 */
public final class S3Server implements AutoCloseable {

    private static final String ACCESS_KEY = "caravan";
    private static final String SECRET = "caravan-secret";

    private final Path folder;
    private final boolean temporary;
    private final S3Truncation store;
    private final S3Front front = new S3Front();
    private final S3Proxy proxy;
    private volatile String accessKey = ACCESS_KEY;
    private volatile String secret = SECRET;

    private S3Server(Path folder, boolean temporary, int port) {
        this.folder = folder.toAbsolutePath().normalize(); // the store takes a "." in it for an attempt to leave it
        this.temporary = temporary;
        store = new S3Truncation(new FilesystemNio2BlobStore(this.folder.toString()));
        proxy = S3Proxy.builder()
                .blobStore(store)
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET)
                .stopTimeout(0)
                .build();
        proxy.setBlobStoreLocator((identity, bucket, key) ->
                identity != null && identity.equals(accessKey) ? new AccessGrant(secret, store) : null);
        jetty(proxy).insertHandler(front);
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server does not start on port " + port, e);
        }
    }

    /** Starts on any free port, in a temporary folder that {@link #close} deletes. */
    public static S3Server start() {
        try {
            return new S3Server(Files.createTempDirectory("caravan-s3"), true, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts on any free port with what is in the folder, which is created if need be and stays. */
    public static S3Server start(Path folder) {
        return start(folder, 0);
    }

    /** Starts like {@link #start(Path)} on this port. */
    public static S3Server start(Path folder, int port) {
        try {
            return new S3Server(Files.createDirectories(folder), false, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    /** Any region is taken; this is the one the client of {@link #client()} signs for. */
    public String region() {
        return Region.US_EAST_1.id();
    }

    public String accessKey() {
        return accessKey;
    }

    public String secret() {
        return secret;
    }

    /** From now on only this key and secret are right. */
    public void changeKey(String newAccessKey, String newSecret) {
        accessKey = newAccessKey;
        secret = newSecret;
    }

    /** A client with the right credentials, to be closed by the caller. */
    public S3Client client() {
        return client(accessKey, secret);
    }

    /** A client with these credentials, to be closed by the caller. */
    public S3Client client(String accessKey, String secret) {
        return S3Client.builder()
                .endpointOverride(endpoint())
                .region(Region.of(region()))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secret)))
                .build();
    }

    /** Where the buckets are. */
    public Path folder() {
        return folder;
    }

    /** Where the object is, whether it is there or not. */
    public Path file(String bucket, String key) {
        return folder.resolve(bucket).resolve(key);
    }

    /** Names are 3 to 63 lower-case characters. */
    public void createBucket(String bucket) {
        store.createContainer(bucket);
    }

    /** Deletes the bucket with all that is in it. */
    public void deleteBucket(String bucket) {
        store.deleteContainer(bucket);
    }

    /** All keys that begin with the prefix, sorted. */
    public List<String> keys(String bucket, String prefix) {
        List<String> keys = new ArrayList<>();
        ListObjectsV2Request.Builder request =
                ListObjectsV2Request.builder().bucket(bucket).prefix(prefix);
        ListObjectsV2Response page;
        do {
            page = store.list(request.build());
            page.contents().stream().map(S3Object::key).forEach(keys::add);
            request.continuationToken(page.nextContinuationToken());
        } while (page.nextContinuationToken() != null);
        return List.copyOf(keys);
    }

    /** The object as it is stored. */
    public byte[] bytes(String bucket, String key) {
        GetObjectRequest request =
                GetObjectRequest.builder().bucket(bucket).key(key).build();
        try (InputStream body = store.getBlob(request)) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of a UTF-8 object, unzipped if it is gzip. */
    public List<String> lines(String bucket, String key) {
        return linesOf(bytes(bucket, key));
    }

    static List<String> linesOf(byte[] bytes) {
        boolean zipped = bytes.length > 1 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
        try {
            byte[] text = zipped ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes;
            return new String(text, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("An object is not whole", e);
        }
    }

    /** Answers the next uploads of objects or parts with this status. Clients that retry use up several. */
    public void failPuts(int status, int times) {
        front.failPuts(status, times);
    }

    /** From now on refusals ask to wait for so many seconds. */
    public void askToWait(int seconds) {
        front.askToWait(seconds);
    }

    /** Breaks the connection of the next uploads off, in the middle of their bodies. */
    public void breakPuts(int times) {
        front.breakPuts(times);
    }

    /** Stores the next objects that come in one PUT without their last byte, with 200 and the ETag of the rest. */
    public void truncatePuts(int times) {
        store.truncatePuts(times);
    }

    /** From now on uploads of objects or parts wait, before a byte of theirs is read. */
    public void hold() {
        front.hold();
    }

    /** Lets go of the uploads that wait, and of those to come. */
    public void release() {
        front.release();
    }

    /** How many uploads wait. */
    public int held() {
        return front.held();
    }

    /** Every answered request, in the order of the answers; those refused for their signature too. */
    public List<S3Request> requests() {
        return front.requests();
    }

    public List<S3Request> requests(Predicate<S3Request> which) {
        return requests().stream().filter(which).toList();
    }

    public int count(Predicate<S3Request> which) {
        return requests(which).size();
    }

    /** Empties the ledger. */
    public void forgetRequests() {
        front.forgetRequests();
    }

    /** Stops the server; waiting uploads are refused and not stored. */
    @Override
    public void close() {
        front.refuseHeld();
        try {
            proxy.stop();
            if (temporary) {
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server does not stop", e);
        }
    }

    /** S3Proxy does not hand out its Jetty, and has no other place from which all answers can be seen. */
    private static Server jetty(S3Proxy proxy) {
        try {
            var field = S3Proxy.class.getDeclaredField("server");
            field.setAccessible(true);
            return (Server) field.get(proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this S3Proxy keeps its Jetty elsewhere", e);
        }
    }
}
