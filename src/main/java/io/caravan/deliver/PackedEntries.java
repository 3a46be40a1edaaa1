package io.caravan.deliver;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The entries of an archive as its readers will find them, by its central directory, each opened when it is read.
 * camel-zipfile's ZipSplitter would copy each into memory first, as a split looks for the next one before it works on one.
 */
final class PackedEntries implements Iterator<PackedEntries.Packed>, Closeable {

    private final ZipFile zip;
    private final Enumeration<? extends ZipEntry> entries;

    PackedEntries(File archive) throws IOException {
        this.zip = new ZipFile(archive);
        this.entries = zip.entries();
    }

    /** One entry, not read yet. */
    record Packed(ZipFile zip, ZipEntry entry) {

        String name() {
            return entry.getName();
        }

        InputStream open() throws IOException {
            return zip.getInputStream(entry);
        }
    }

    @Override
    public boolean hasNext() {
        return entries.hasMoreElements();
    }

    @Override
    public Packed next() {
        return new Packed(zip, entries.nextElement());
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
