package io.caravan.support.net;

import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;

/**
 * What a request proves with who sends it, to be taken out of what it is answered: servers, and what stands before them,
 * repeat requests that they refuse, and what they say is stored and shown.
 */
final class Proofs {

    private static final String MASK = "***";
    /** What is shorter is found in answers that repeat nothing. */
    private static final int SHORTEST = 8;

    /** Of a shared access signature, in the address. */
    private static final Pattern SIGNATURE = Pattern.compile("[?&]sig=([^&]+)");

    /** Of AWS's signatures: the key's id, and the signature. */
    private static final Pattern SIGNED = Pattern.compile("(?:Credential=([^/,]+)|Signature=(\\w+))");

    private final List<String> words;

    private Proofs(Set<String> words) {
        this.words = words.stream().filter(word -> word.length() >= SHORTEST).toList();
    }

    /** Of a request as it is sent. */
    static Proofs of(HttpRequest request) {
        Set<String> words = new LinkedHashSet<>();
        Matcher signature = SIGNATURE.matcher(request.getPath() == null ? "" : request.getPath());
        while (signature.find()) {
            add(words, signature.group(1));
            add(words, URLDecoder.decode(signature.group(1), StandardCharsets.UTF_8));
        }
        header(request, "X-Amz-Security-Token").ifPresent(token -> add(words, token));
        header(request, "Authorization").ifPresent(authorization -> addAuthorization(words, authorization));
        return new Proofs(words);
    }

    private static Optional<String> header(HttpRequest request, String name) {
        return Optional.ofNullable(request.getFirstHeader(name)).map(Header::getValue);
    }

    private static void addAuthorization(Set<String> words, String authorization) {
        String[] parts = authorization.split(" ", 2);
        add(words, parts[parts.length - 1]);
        if (parts[0].equalsIgnoreCase("Basic")) {
            secret(parts[parts.length - 1]).ifPresent(word -> add(words, word));
        }
        Matcher signed = SIGNED.matcher(authorization);
        while (signed.find()) {
            add(words, signed.group(1) == null ? signed.group(2) : signed.group(1));
        }
    }

    private static void add(Set<String> words, String word) {
        words.add(word);
        words.add(word.replace("/", "\\/")); // as some write it in JSON
    }

    /** The secret behind the colon, which RFC 6749 has form-encoded. */
    private static Optional<String> secret(String pair) {
        try {
            String both = new String(Base64.getDecoder().decode(pair), StandardCharsets.UTF_8);
            return Optional.of(URLDecoder.decode(both.substring(both.indexOf(':') + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not as it should be: then there is nothing more to know
        }
    }

    /** The text without them. */
    String takenFrom(String text) {
        String left = text;
        for (String word : words) {
            left = left.replace(word, MASK);
        }
        return left;
    }

    /** The bytes without them; the same bytes where none is in them. */
    byte[] takenFrom(byte[] answer) {
        byte[] left = answer;
        for (String word : words) {
            left = without(left, word.getBytes(StandardCharsets.UTF_8));
        }
        return left;
    }

    private static byte[] without(byte[] text, byte[] word) {
        int at = find(text, word, 0);
        if (at < 0) {
            return text;
        }
        ByteArrayOutputStream left = new ByteArrayOutputStream(text.length);
        int from = 0;
        for (; at >= 0; at = find(text, word, from)) {
            left.write(text, from, at - from);
            left.writeBytes(MASK.getBytes(StandardCharsets.US_ASCII));
            from = at + word.length;
        }
        left.write(text, from, text.length - from);
        return left.toByteArray();
    }

    private static int find(byte[] text, byte[] word, int from) {
        for (int i = from; i <= text.length - word.length; i++) {
            int same = 0;
            while (same < word.length && text[i + same] == word[same]) {
                same++;
            }
            if (same == word.length) {
                return i;
            }
        }
        return -1;
    }
}
