package io.caravan.pull;

import io.caravan.source.profile.SourceProfile;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.util.unit.DataSize;

/**
 * Which attachments a profile fetches; pure.
 *
 * @param types in lower case, {@code text/*} and {@code *}{@code /*} included
 */
record AttachmentLimits(Set<String> types, DataSize largest) {

    static final String UNKNOWN_TYPE = "application/octet-stream";

    private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}");
    private static final long JSON_AROUND = 64 * 1024;

    AttachmentLimits {
        types = Set.copyOf(types);
    }

    static AttachmentLimits of(SourceProfile.Attachments profile) {
        return new AttachmentLimits(profile.types(), profile.largest());
    }

    /** By which they are known to have changed. */
    String text() {
        return largest.toBytes() + " " + String.join(",", new TreeSet<>(types));
    }

    /** Why an attachment is left out that is described so; empty where it may be wanted. */
    Optional<String> against(Optional<String> contentType, Optional<Long> size) {
        if (size.filter(bytes -> bytes > largest.toBytes()).isPresent()) {
            return Optional.of(tooLarge());
        }
        return contentType
                .map(AttachmentLimits::mediaType)
                .filter(type -> !type.equals(UNKNOWN_TYPE))
                .flatMap(this::against);
    }

    /** Why an attachment of this media type is left out; empty where it is not. */
    Optional<String> against(String type) {
        boolean wanted = types.contains("*/*")
                || types.contains(type)
                || types.contains(type.substring(0, type.indexOf('/')) + "/*");
        return wanted
                ? Optional.empty()
                : Optional.of(
                        "Left out: the profile of the source does not fetch attachments of the type %s (attachments.types)."
                                .formatted(type));
    }

    String tooLarge() {
        return "Left out: it is larger than %s, the most that the profile of the source fetches (attachments.largest)."
                .formatted(readable(largest.toBytes()));
    }

    /** The most that is read of an answer: FHIR JSON holds the content as base64, which is a third longer. */
    DataSize most(boolean json) {
        return json ? DataSize.ofBytes(largest.toBytes() / 3 * 4 + JSON_AROUND) : largest;
    }

    /** Of a Content-Type, or what stands in a record for one; {@link #UNKNOWN_TYPE} where that says nothing. */
    static String mediaType(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return MEDIA_TYPE.matcher(type).matches() ? type : UNKNOWN_TYPE;
    }

    private static String readable(long bytes) {
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MB";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + " KB" : bytes + " bytes";
    }
}
