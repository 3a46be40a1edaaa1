package io.caravan.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.aggregate.zipfile.ZipAggregationStrategy;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packing the files of an archive: camel-zipfile's strategy against ours, in turns, five pairs, medians. Not part of the
 * suite: {@code mvn test -Dtest=ZipPackingBench -Dsurefire.failIfNoSpecifiedTests=false}; the figures are in
 * docs/benchmarks.md.
 */
class ZipPackingBench {

    private static final int PAIRS = 5;

    @TempDir
    Path folder;

    @Test
    void our_strategy_against_camels() throws Exception {
        for (int entries : new int[] {22, 200, 2_000}) {
            List<byte[]> files = files(entries, entries > 1_000 ? 30_000 : 300_000);
            long bytes = files.stream().mapToLong(f -> f.length).sum();
            double[] camel = new double[PAIRS];
            double[] ours = new double[PAIRS];
            camel(files);
            ours(files);
            for (int i = 0; i < PAIRS; i++) {
                camel[i] = camel(files);
                ours[i] = ours(files);
            }
            Arrays.sort(camel);
            Arrays.sort(ours);
            System.out.printf(
                    "%d entries, %.1f MB: camel-zipfile %.2f s (%.2f–%.2f), ours %.2f s (%.2f–%.2f), ratio %.1f%n",
                    entries,
                    bytes / 1e6,
                    camel[PAIRS / 2],
                    camel[0],
                    camel[PAIRS - 1],
                    ours[PAIRS / 2],
                    ours[0],
                    ours[PAIRS - 1],
                    camel[PAIRS / 2] / ours[PAIRS / 2]);
        }
    }

    private double camel(List<byte[]> files) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.start();
            ZipAggregationStrategy strategy = new ZipAggregationStrategy(false, true);
            long start = System.nanoTime();
            Exchange packed = null;
            for (int i = 0; i < files.size(); i++) {
                Exchange next = new DefaultExchange(context);
                next.getIn().setBody(files.get(i));
                next.getIn().setHeader(Exchange.FILE_NAME, "Observation-%04d.ndjson".formatted(i));
                packed = strategy.aggregate(packed, next);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            check(packed.getIn().getBody(java.io.File.class).toPath(), files.size());
            strategy.onCompletion(packed);
            return seconds;
        }
    }

    private double ours(List<byte[]> files) throws IOException {
        long start = System.nanoTime();
        Path target = folder.resolve("ours.zip");
        Spool spool = new Spool(target);
        Archive archive = new Archive(spool);
        for (int i = 0; i < files.size(); i++) {
            Spool lines = new Spool(folder.resolve("entry"));
            lines.append(files.get(i), 1);
            lines.complete();
            RecordRange range = new RecordRange("o", i, "Observation", i, "", "", "", "", 1, 1, false, false, "", "");
            archive.add("Observation-%04d.ndjson".formatted(i), range, lines);
        }
        archive.complete();
        double seconds = (System.nanoTime() - start) / 1e9;
        check(target, files.size());
        spool.close();
        return seconds;
    }

    private static void check(Path archive, int entries) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            assertThat(zip.size()).isEqualTo(entries);
        }
    }

    /** The sample's Observations, over and over, in files of this size. */
    private static List<byte[]> files(int count, int size) throws IOException {
        byte[] lines = new GZIPInputStream(ZipPackingBench.class.getResourceAsStream("/synthea/Observation.ndjson.gz"))
                .readAllBytes();
        String text = new String(lines, StandardCharsets.UTF_8);
        List<byte[]> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = (i * 37_000) % (text.length() - size);
            files.add(text.substring(from, from + size).getBytes(StandardCharsets.UTF_8));
        }
        return files;
    }
}
