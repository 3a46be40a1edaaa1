package io.caravan.source.profile;

import io.caravan.source.profile.SourceProfile.Attachments;
import io.caravan.source.profile.SourceProfile.Detect;
import io.caravan.source.profile.SourceProfile.Headers;
import io.caravan.source.profile.SourceProfile.Ids;
import io.caravan.source.profile.SourceProfile.LastUpdated;
import io.caravan.source.profile.SourceProfile.Limits;
import io.caravan.source.profile.SourceProfile.Next;
import io.caravan.source.profile.SourceProfile.Outcomes;
import io.caravan.source.profile.SourceProfile.Provenance;
import io.caravan.source.profile.SourceProfile.Queries;
import io.caravan.source.profile.SourceProfile.Support;
import io.caravan.source.profile.SourceProfile.TypeQueries;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Makes a profile of a file that has all keys. */
final class ProfileReader {

    private static final String NAME = "[a-z][a-z0-9-]{0,39}";
    private static final String PARAMETER = "[A-Za-z_-][A-Za-z0-9_.:-]{0,63}";
    // What a request says besides these is not the vendor's to choose: the token, the host, the connection.
    private static final String HEADER =
            "(?i)accept|accept-language|prefer|user-agent|epic-client-id|x-[a-z0-9-]{1,60}";
    private static final String HEADER_VALUE = "[\\x20-\\x7e]{1,500}";
    private static final String MIME_TYPE = "[a-z*]+/[a-z0-9.+*-]+";
    private static final int LARGEST_PAGE = 1000;

    private ProfileReader() {}

    static SourceProfile read(ProfileFile file) {
        ProfileNode root = new ProfileNode(file.place(), file.root());
        SourceProfile profile = new SourceProfile(
                name(root, file.name()),
                root.text("description"),
                root.optional("detect", () -> section(root, "detect", ProfileReader::detect))
                        .orElse(Detect.NEVER),
                root.integer("page_size", 1, LARGEST_PAGE),
                root.integer("page_cap", 1, 1_000_000),
                section(root, "headers", ProfileReader::headers),
                section(root, "queries", ProfileReader::queries),
                section(root, "last_updated", ProfileReader::lastUpdated),
                root.choice("provenance", Map.of("_revinclude", Provenance.REVINCLUDE, "none", Provenance.NONE)),
                section(root, "limits", ProfileReader::limits),
                section(root, "outcomes", ProfileReader::outcomes),
                section(root, "next", next -> new Next(next.bool("rebase"))),
                section(root, "attachments", ProfileReader::attachments),
                root.choice("ids", Map.of("any", Ids.ANY, "scoped", Ids.SCOPED)));
        root.done();
        return profile;
    }

    /** The file's own name: what a source's settings say is what an operator finds in the folder. */
    private static String name(ProfileNode root, String file) {
        String name = root.text("name");
        if (!name.matches(NAME) || name.equals(SourceProfiles.AUTO)) {
            throw root.wrong("name", "must be lower-case letters, digits and hyphens, and not auto");
        }
        if (!name.equals(file)) {
            throw root.wrong("name", "must be that of the file, " + file);
        }
        return name;
    }

    private static <T> T section(ProfileNode root, String key, Function<ProfileNode, T> reading) {
        ProfileNode section = root.section(key);
        T read = reading.apply(section);
        section.done();
        return read;
    }

    private static Detect detect(ProfileNode detect) {
        return new Detect(lower(detect, "software"), lower(detect, "publisher"), lower(detect, "implementation"));
    }

    private static List<String> lower(ProfileNode detect, String key) {
        return detect.optional(key, () -> detect.texts(key)).orElse(List.of()).stream()
                .map(text -> text.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static Headers headers(ProfileNode headers) {
        return new Headers(
                requestHeaders(headers, "metadata"),
                requestHeaders(headers, "search"),
                requestHeaders(headers, "read"),
                requestHeaders(headers, "binary"));
    }

    private static Map<String, String> requestHeaders(ProfileNode headers, String kind) {
        Map<String, String> pairs = headers.pairs(kind);
        pairs.forEach((name, value) -> {
            if (!name.matches(HEADER)) {
                throw headers.wrong(
                        kind, "cannot set the header %s, only Accept, Prefer, User-Agent and X-…".formatted(name));
            }
            if (!value.matches(HEADER_VALUE)) {
                throw headers.wrong(kind, "has a value of %s that no header can have".formatted(name));
            }
        });
        return pairs;
    }

    private static Queries queries(ProfileNode queries) {
        return new Queries(
                queries.types("order"),
                new HashSet<>(queries.types("leave_out")),
                queries.types("best_effort"),
                queries.byType("types", ProfileReader::typeQueries));
    }

    private static TypeQueries typeQueries(ProfileNode type) {
        TypeQueries queries = new TypeQueries(
                type.optional("patient_parameter", () -> parameter(type, "patient_parameter")),
                type.optional("parameters", () -> parameters(type)).orElse(List.of()),
                type.optional("page_size", () -> type.integer("page_size", 0, LARGEST_PAGE)));
        type.done();
        return queries;
    }

    private static String parameter(ProfileNode type, String key) {
        String name = type.text(key);
        if (!name.matches(PARAMETER)) {
            throw type.wrong(key, "must be the name of a search parameter");
        }
        return name;
    }

    private static List<Map<String, String>> parameters(ProfileNode type) {
        List<Map<String, String>> sets = type.listOfPairs("parameters");
        boolean named = sets.stream().flatMap(set -> set.keySet().stream()).allMatch(n -> n.matches(PARAMETER));
        if (!named || sets.stream().anyMatch(Map::isEmpty)) {
            throw type.wrong("parameters", "must be a list of search parameters with their values");
        }
        if (Set.copyOf(sets).size() < sets.size()) {
            throw type.wrong("parameters", "has the same query twice");
        }
        return sets;
    }

    private static LastUpdated lastUpdated(ProfileNode lastUpdated) {
        return new LastUpdated(
                lastUpdated.choice(
                        "supported",
                        Map.of("true", Support.TRUE, "false", Support.FALSE, "declared", Support.DECLARED)),
                new HashSet<>(lastUpdated.types("except")),
                lastUpdated.duration("overlap"),
                lastUpdated.duration("full_walk_every"));
    }

    private static Limits limits(ProfileNode limits) {
        return new Limits(
                limits.optional("concurrency", () -> limits.integer("concurrency", 1, 64)),
                limits.optional("requests_per_minute", () -> limits.integer("requests_per_minute", 1, 60_000)),
                limits.integer("burst", 1, 1000),
                limits.optional("attempts", () -> limits.integer("attempts", 1, 100)),
                limits.optional("first_wait", () -> limits.duration("first_wait")),
                limits.optional("longest_wait", () -> limits.duration("longest_wait")));
    }

    private static Outcomes outcomes(ProfileNode outcomes) {
        return new Outcomes(
                new HashSet<>(outcomes.texts("no_results")),
                new HashSet<>(outcomes.texts("incomplete")),
                new HashSet<>(outcomes.texts("paging_expired")),
                new HashSet<>(outcomes.texts("unsupported")));
    }

    private static Attachments attachments(ProfileNode attachments) {
        Set<String> types = new HashSet<>(attachments.texts("types"));
        if (!types.stream().allMatch(type -> type.matches(MIME_TYPE))) {
            throw attachments.wrong("types", "must be MIME types in lower case, such as text/plain or image/*");
        }
        return new Attachments(attachments.bool("pull"), types, attachments.size("largest"));
    }
}
