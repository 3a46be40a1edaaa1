package io.caravan.testing;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import io.caravan.destination.azure.AzureHttp;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/**
 * Azure Blob Storage (Azurite, Microsoft's own emulator, a process of its own) on 127.0.0.1, which checks signatures and
 * shared access signatures, behind a front that can be told to fail.
 */
public final class AzureServer implements CloudServer {

    public static final String ACCOUNT = "caravanlake";

    private static final int PIECE = 2 << 20;

    private final Path folder;
    private final AzureFront front;
    private final BoundedHttp http = new BoundedHttp(new GuardedHttpClients(
            NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.0/8"),
            new HttpSettings(Duration.ofSeconds(10), Duration.ofSeconds(30), 20, List.of(), null)));
    private AzuriteProcess azurite;
    private int keys;

    private AzureServer() throws IOException {
        folder = Files.createTempDirectory("caravan-azure");
        azurite = AzuriteProcess.start(folder, ACCOUNT, key());
        front = new AzureFront(azurite.address(), this::truncate);
    }

    /** Why there can be none on this machine; null where there can. */
    public static String missing() {
        return AzuriteProcess.missing();
    }

    /** Starts on any free port, without containers. */
    public static AzureServer start() {
        try {
            return new AzureServer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the account's key is now: Base64 of a text that nothing else is like. */
    public String key() {
        return Base64.getEncoder()
                .encodeToString(("azure-account-key-number-" + keys).getBytes(StandardCharsets.UTF_8));
    }

    /** A shared access signature for the container with these permissions, as in {@code rwdl}, good for an hour. */
    public String sas(String bucket, String permissions) {
        return service()
                .getBlobContainerClient(bucket)
                .generateSas(new BlobServiceSasSignatureValues(
                        OffsetDateTime.now().plusHours(1), BlobContainerSasPermission.parse(permissions)));
    }

    @Override
    public String vendor() {
        return "azure";
    }

    @Override
    public String endpoint() {
        return front.address() + "/" + ACCOUNT;
    }

    @Override
    public Map<String, String> credentials() {
        return Map.of("access_key", ACCOUNT, "secret", key());
    }

    @Override
    public void rotate() {
        azurite.close();
        keys++;
        azurite = AzuriteProcess.start(folder, ACCOUNT, key());
        front.forwardTo(azurite.address());
    }

    @Override
    public void createBucket(String bucket) {
        service().createBlobContainer(bucket);
    }

    @Override
    public void deleteBucket(String bucket) {
        service().deleteBlobContainer(bucket);
    }

    @Override
    public List<String> keys(String bucket, String prefix) {
        return service()
                .getBlobContainerClient(bucket)
                .listBlobs(new ListBlobsOptions().setPrefix(prefix), null)
                .stream()
                .map(BlobItem::getName)
                .sorted()
                .toList();
    }

    @Override
    public byte[] bytes(String bucket, String key) {
        return bytes(service().getBlobContainerClient(bucket).getBlobClient(key));
    }

    /** In pieces, for Caravan's client reads no large answers. */
    private static byte[] bytes(BlobClient blob) {
        try (InputStream in = blob.openInputStream(new BlobInputStreamOptions().setBlockSize(PIECE))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void truncate(String bucket, String key) {
        BlobClient blob = service().getBlobContainerClient(bucket).getBlobClient(key);
        byte[] whole = bytes(blob);
        blob.upload(BinaryData.fromBytes(Arrays.copyOf(whole, whole.length - 1)), true);
    }

    @Override
    public void failPuts(int status, int times) {
        front.faults().fail(status, times);
    }

    @Override
    public void truncatePuts(int times) {
        front.faults().truncate(times);
    }

    @Override
    public void hold() {
        front.faults().hold();
    }

    @Override
    public void release() {
        front.faults().release();
    }

    @Override
    public int held() {
        return front.faults().held();
    }

    @Override
    public void askToWait(int seconds) {
        front.faults().askToWait(seconds);
    }

    @Override
    public List<Instant> putsAt() {
        return front.faults().puts();
    }

    /** Past the front. */
    private BlobServiceClient service() {
        return new BlobServiceClientBuilder()
                .endpoint(azurite.address() + "/" + ACCOUNT)
                .httpClient(new AzureHttp(http, Duration.ofSeconds(30)))
                .credential(new StorageSharedKeyCredential(ACCOUNT, key()))
                .buildClient();
    }

    @Override
    public void close() {
        try {
            front.close();
            azurite.close();
            http.close();
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps a blob without its last byte. */
    interface Truncation {
        void of(String bucket, String key);
    }
}
