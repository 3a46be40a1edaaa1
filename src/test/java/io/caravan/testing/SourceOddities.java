package io.caravan.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Observations of a patient that are odd but legal, or that no parser likes, as bytes. Those with an id can be put into a
 * source ({@link SourceSimulator#put(String, String, String, byte[])}), all can be an entry of a page
 * ({@link FaultyAnswers#entry}).
 */
public final class SourceOddities {

    private SourceOddities() {}

    /** With this id, whatever it is: {@code ..}, {@code .}, {@code a/b}, 80 characters, digits only (sources.md 18). */
    public static byte[] withId(String id, String patient) {
        return observation("\"id\":" + SourceJson.quoted(id) + ",", patient, "\"status\":\"final\"");
    }

    /** Without an id: skipped, and counted (sources.md 18). */
    public static byte[] withoutId(String patient) {
        return observation("", patient, "\"status\":\"final\"");
    }

    /** An id as Epic makes them: longer than 64 characters (sources.md 18). */
    public static String longId(int number) {
        return "e" + "Tq081.VQEgP8drUUqCWzHfw-3".repeat(3) + number;
    }

    /** An id as Cerner makes them: digits only (sources.md 18). */
    public static String numericId(int number) {
        return Integer.toString(12_742_000 + number);
    }

    /** About so many bytes, in one text (sources.md 18). */
    public static byte[] large(String id, String patient, int bytes) {
        return observation(id(id), patient, "\"note\":[{\"text\":\"" + "0123456789abcdef".repeat(bytes / 16) + "\"}]");
    }

    /** Objects in objects, so many (sources.md 18). */
    public static byte[] deep(String id, String patient, int depth) {
        String nested = "{\"extension\":[".repeat(depth / 2) + "{\"url\":\"urn:deep\"}" + "]}".repeat(depth / 2);
        return observation(id(id), patient, "\"extension\":[" + nested + "]");
    }

    /** A text with bytes that are no UTF-8 (sources.md 18). */
    public static byte[] invalidUtf8(String id, String patient) {
        return withByte(id, patient, (byte) 0xC3);
    }

    /** A text with a NUL as it is, which JSON forbids (sources.md 18). */
    public static byte[] rawNul(String id, String patient) {
        return withByte(id, patient, (byte) 0);
    }

    /** A text with a NUL by its escape, which JSON allows, and a database's text may not hold (sources.md 18). */
    public static byte[] escapedNul(String id, String patient) {
        return observation(id(id), patient, "\"note\":[{\"text\":\"before\\u0000behind\"}]");
    }

    /** A text with a line feed as it is, which JSON forbids (sources.md 18). */
    public static byte[] rawNewline(String id, String patient) {
        return withByte(id, patient, (byte) '\n');
    }

    /**
     * An Encounter at a Location that is part of another one, and so on: the last is found only after so many rounds of
     * following references (sources.md 5). The Locations have the ids {@code chain-1}, {@code chain-2} and so on.
     */
    public static List<String> chain(String patient, int rounds) {
        List<String> resources = new ArrayList<>();
        resources.add(("{\"resourceType\":\"Encounter\",\"id\":\"chain\",\"subject\":{\"reference\":\"Patient/%s\"},"
                        + "\"location\":[{\"location\":{\"reference\":\"Location/chain-1\"}}]}")
                .formatted(patient));
        for (int i = 1; i <= rounds; i++) {
            String partOf = i == rounds ? "" : ",\"partOf\":{\"reference\":\"Location/chain-%d\"}".formatted(i + 1);
            resources.add("{\"resourceType\":\"Location\",\"id\":\"chain-%d\"%s}".formatted(i, partOf));
        }
        return resources;
    }

    private static byte[] withByte(String id, String patient, byte odd) {
        byte[] json = observation(id(id), patient, "\"note\":[{\"text\":\"before\u0001behind\"}]");
        byte[] changed = Arrays.copyOf(json, json.length);
        for (int i = 0; i < json.length; i++) {
            changed[i] = json[i] == 1 ? odd : json[i];
        }
        return changed;
    }

    private static String id(String id) {
        return "\"id\":" + SourceJson.quoted(id) + ",";
    }

    private static byte[] observation(String id, String patient, String more) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        json.writeBytes(
                ("{\"resourceType\":\"Observation\"," + id + "\"subject\":{\"reference\":\"Patient/" + patient + "\"},")
                        .getBytes(StandardCharsets.UTF_8));
        json.writeBytes(more.getBytes(StandardCharsets.UTF_8));
        json.write('}');
        return json.toByteArray();
    }
}
