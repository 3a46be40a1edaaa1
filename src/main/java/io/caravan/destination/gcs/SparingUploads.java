package io.caravan.destination.gcs;

import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobWriteOption;
import java.io.InputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * A storage client whose uploads of streams keep little in memory and are checked as they arrive. camel-google-storage uploads
 * through {@code createFrom(BlobInfo, InputStream, …)}, which takes 30 MB of heap each time and forgets the MD5 it is given.
 */
final class SparingUploads implements InvocationHandler {

    /** Of one request of an upload; a multiple of 256 KiB, of which it holds two in memory. */
    private static final int PART = 4 << 20;

    private final Storage storage;

    private SparingUploads(Storage storage) {
        this.storage = storage;
    }

    static Storage over(Storage storage) {
        return (Storage) Proxy.newProxyInstance(
                Storage.class.getClassLoader(), new Class<?>[] {Storage.class}, new SparingUploads(storage));
    }

    @Override
    @SuppressWarnings("deprecation") // md5Match: Google would rather have a CRC32C, and the MD5 is what there is
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("createFrom")
                && arguments.length == 3
                && arguments[0] instanceof BlobInfo blob
                && arguments[1] instanceof InputStream content
                && blob.getMd5() != null) {
            // What the component keeps beside the object is the length, under a name that is taken.
            BlobInfo bare = blob.toBuilder().setMetadata(null).build();
            return storage.createFrom(bare, content, PART, BlobWriteOption.md5Match());
        }
        try {
            return method.invoke(storage, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
