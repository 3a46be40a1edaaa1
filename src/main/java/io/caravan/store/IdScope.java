package io.caravan.store;

import io.caravan.support.ResourceTypes;
import io.caravan.support.UrlSegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the ids of one source become the ids of its records (product.md § 2 "Ids"): kept ({@code original}) or prefixed
 * with the source's key ({@code scoped}). Pure; the same id always becomes the same id, so references need no look-up.
 *
 * @param mode {@code ORIGINAL} edits nothing
 * @param key the source's key, {@code [a-z][a-z0-9]{1,11}}
 * @param base the source's FHIR base URL
 * @param attachments whether attachments are pulled: then they are scoped too, else they lead to the source
 */
public record IdScope(Mode mode, String key, BaseUrl base, boolean attachments) {

    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9]{1,11}");
    private static final Pattern PATIENT_ANYWHERE =
            Pattern.compile("(?i:https?)://[^?#]*/Patient/([^/?#]+)(?:/_history/[^/?#]+)?(?:#.*)?");
    private static final Pattern FHIR_ID = Pattern.compile("[A-Za-z0-9\\-.]{1,64}");
    // What an id may hold and still be one path segment of a URL as it stands.
    private static final Pattern URL_SEGMENT = Pattern.compile("[A-Za-z0-9._~:@!$&'()*+,;=-]{1,255}");
    private static final String HISTORY = "/_history/";
    private static final int HASH_DIGITS = 40;

    /** What a source's {@code ids} setting says. */
    public enum Mode {
        ORIGINAL,
        SCOPED
    }

    /** @throws IllegalArgumentException if the key is not {@code [a-z][a-z0-9]{1,11}} */
    public IdScope {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a source's key is [a-z][a-z0-9]{1,11}");
        }
    }

    /** @throws IllegalArgumentException if key or base URL is not what {@link IdScope} and {@link BaseUrl#of} ask for */
    public static IdScope original(String key, String baseUrl) {
        return new IdScope(Mode.ORIGINAL, key, BaseUrl.of(baseUrl), false);
    }

    /** @throws IllegalArgumentException as for {@link #original} */
    public static IdScope scoped(String key, String baseUrl) {
        return new IdScope(Mode.SCOPED, key, BaseUrl.of(baseUrl), false);
    }

    /** The same, for a source whose attachments are pulled, or are not. */
    public IdScope withAttachments(boolean pulled) {
        return new IdScope(mode, key, base, pulled);
    }

    /** Whether ids and references are edited at all. */
    public boolean scoped() {
        return mode == Mode.SCOPED;
    }

    /**
     * The id that a record lands under.
     *
     * @throws IllegalArgumentException for an empty id, "." and ".."
     */
    public String scopeId(String original) {
        if (namesNothing(original)) {
            throw new IllegalArgumentException("an id is not empty, \".\" or \"..\"");
        }
        if (!scoped()) {
            return original;
        }
        String scoped = key + "-" + original;
        return FHIR_ID.matcher(scoped).matches() ? scoped : key + "-h" + hash(original);
    }

    /** The same reference as a record of this source writes it; anything but a reference to this source stays. */
    public String scopeReference(String reference) {
        return scoped() ? localReference(reference).map(this::scoped).orElse(reference) : reference;
    }

    /**
     * Whether a resource with this id cannot land. An original id must fit into a URL unescaped; a scoped source may use
     * anything that a database can keep as text (no NUL, no half of a surrogate pair).
     */
    public boolean refuses(String id) {
        return namesNothing(id)
                || (scoped() ? !isText(id) : !URL_SEGMENT.matcher(id).matches());
    }

    /**
     * The original id of a Patient that a reference names, under whatever name its server goes by: inside their own network
     * servers are called otherwise than outside. Only good for telling one patient from another.
     */
    Optional<String> patient(String reference) {
        Matcher absolute = PATIENT_ANYWHERE.matcher(reference);
        return localReference(reference)
                .map(LocalReference::target)
                .filter(target -> target.type().equals("Patient"))
                .map(ReferenceTarget::originalId)
                .or(() -> absolute.matches() ? Optional.of(absolute.group(1)) : Optional.empty());
    }

    /** What a reference points to if it is {@code Type/id[/_history/n][#frag]}, relative or under the own base. */
    Optional<LocalReference> localReference(String reference) {
        int slash = reference.indexOf('/');
        if (slash <= 0) {
            return Optional.empty();
        }
        return reference.charAt(slash - 1) == ':'
                ? base.relativize(reference).flatMap(IdScope::relative)
                : relative(reference);
    }

    String scoped(LocalReference reference) {
        ReferenceTarget target = reference.target();
        return target.type() + "/" + scopeId(target.originalId()) + reference.suffix();
    }

    /** An {@code Attachment.url} as a record of this source writes it: it leads to the landed Binary, or to the source. */
    String attachmentUrl(String url) {
        if (!scoped()) {
            return url;
        }
        return attachments ? binary(url).map(this::scoped).orElseGet(() -> absoluteBinary(url)) : absoluteBinary(url);
    }

    /** One relative to the source becomes absolute, so that it stays readable away from it. */
    private String absoluteBinary(String url) {
        if (url.startsWith("Binary/")) {
            return base.url() + "/" + url;
        }
        return url.startsWith(base.path() + "/Binary/") ? base.origin() + url : url;
    }

    /** The Binary of this source that an {@code Attachment.url} leads to, if it can land. */
    Optional<LocalReference> binary(String url) {
        return localReference(absoluteBinary(url))
                .filter(found -> found.target().type().equals("Binary"))
                .filter(found -> !refuses(found.target().originalId()));
    }

    /** Where the source itself keeps a resource. */
    String urlOf(String type, String originalId) {
        String segment = URL_SEGMENT.matcher(originalId).matches() ? originalId : UrlSegment.encode(originalId);
        return base.url() + "/" + type + "/" + segment;
    }

    private static Optional<LocalReference> relative(String reference) {
        int slash = reference.indexOf('/');
        if (slash <= 0 || !ResourceTypes.isKnown(reference.substring(0, slash))) {
            return Optional.empty();
        }
        int fragment = reference.indexOf('#', slash);
        int end = fragment < 0 ? reference.length() : fragment;
        int history = reference.indexOf(HISTORY, slash + 1);
        int idEnd = history < 0 || history > end ? end : history;
        String id = reference.substring(slash + 1, idEnd);
        if (!isSegment(id) || (idEnd < end && !isSegment(reference.substring(idEnd + HISTORY.length(), end)))) {
            return Optional.empty();
        }
        return isText(reference)
                ? Optional.of(new LocalReference(
                        new ReferenceTarget(reference.substring(0, slash), id), reference.substring(idEnd)))
                : Optional.empty();
    }

    private static boolean isSegment(String text) {
        return !namesNothing(text) && text.indexOf('/') < 0 && text.indexOf('?') < 0;
    }

    private static boolean namesNothing(String id) {
        return id.isEmpty() || id.equals(".") || id.equals("..");
    }

    private static boolean isText(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (Character.charCount(text.codePointAt(at)) == 1) {
                    return false;
                }
                at++;
            }
        }
        return true;
    }

    private static String hash(String original) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(original.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A reference taken apart; the suffix is {@code /_history/n}, {@code #frag}, both or empty. */
    record LocalReference(ReferenceTarget target, String suffix) {}
}
