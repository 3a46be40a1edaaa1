package io.caravan.source.profile;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The vendor profiles of this installation: the built-in ones, and an operator's own beside or instead of them. What a
 * profile leaves out is as in {@code default}. Thread-safe.
 */
@Component
public class SourceProfiles {

    /** What is used where nothing better is known. */
    public static final String DEFAULT = "default";

    /** No profile: what a source's settings say where it is to be found from the server. */
    public static final String AUTO = "auto";

    private static final List<String> BUILT_IN = List.of(DEFAULT, "cerner", "epic", "hapi", "smart");
    private static final String SUFFIX = ".yaml";

    private final Map<String, SourceProfile> byName = new TreeMap<>();

    /** @throws ProfileException where a file cannot be used: the start ends there */
    SourceProfiles(ProfileSettings settings) {
        Map<String, ProfileFile> files = new LinkedHashMap<>();
        BUILT_IN.forEach(name -> files.put(name, builtIn(name)));
        ProfileFile builtInDefault = files.get(DEFAULT);
        if (settings.profiles() != null) {
            files.putAll(own(settings.profiles()));
        }
        ProfileFile base = files.get(DEFAULT).over(builtInDefault);
        files.forEach((name, file) -> byName.put(name, ProfileReader.read(file.over(base))));
    }

    /** All names, sorted. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** All profiles, by name. */
    public Collection<SourceProfile> all() {
        return byName.values();
    }

    public Optional<SourceProfile> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** @throws CaravanException {@code profile_unknown} where this installation has none of that name */
    public SourceProfile get(String name) {
        return find(name)
                .orElseThrow(() -> new CaravanException(
                        ErrorCode.PROFILE_UNKNOWN,
                        "There is no vendor profile %s here. Give the source another one (known: %s), or put its file back into caravan.source.profiles."
                                .formatted(name, String.join(", ", names()))));
    }

    /**
     * The profile whose vendor a CapabilityStatement names; of several the one with the longest text, and
     * {@code default} where there is none.
     *
     * @param software {@code software.name}; like the others empty where there is none
     * @param implementation {@code implementation.description} and {@code url}
     */
    public SourceProfile detect(String software, String publisher, String implementation) {
        return all().stream()
                .max(Comparator.comparingInt(p -> matched(p, software, publisher, implementation)))
                .filter(p -> matched(p, software, publisher, implementation) > 0)
                .orElseGet(() -> get(DEFAULT));
    }

    private static int matched(SourceProfile profile, String software, String publisher, String implementation) {
        SourceProfile.Detect detect = profile.detect();
        return Stream.of(
                        longest(detect.software(), software),
                        longest(detect.publisher(), publisher),
                        longest(detect.implementation(), implementation))
                .max(Comparator.naturalOrder())
                .orElse(0);
    }

    private static int longest(List<String> texts, String said) {
        String lower = said.toLowerCase(Locale.ROOT);
        return texts.stream()
                .filter(lower::contains)
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    private static ProfileFile builtIn(String name) {
        String file = name + SUFFIX;
        try (InputStream in = SourceProfiles.class.getResourceAsStream("/sources/" + file)) {
            return ProfileFile.parse(file, name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ProfileException(file, "cannot be read");
        }
    }

    private static Map<String, ProfileFile> own(Path folder) {
        Map<String, ProfileFile> files = new TreeMap<>();
        try (Stream<Path> listed = Files.list(folder)) {
            listed.filter(path -> path.toString().endsWith(SUFFIX))
                    .map(SourceProfiles::read)
                    .forEach(file -> files.put(file.name(), file));
        } catch (IOException e) {
            throw new ProfileException(folder.toString(), "the folder of caravan.source.profiles cannot be read");
        }
        return files;
    }

    private static ProfileFile read(Path path) {
        String name = path.getFileName().toString();
        try {
            return ProfileFile.parse(
                    path.toString(), name.substring(0, name.length() - SUFFIX.length()), Files.readString(path));
        } catch (CharacterCodingException e) {
            throw new ProfileException(path.toString(), "is not UTF-8");
        } catch (IOException e) {
            throw new ProfileException(path.toString(), "cannot be read");
        }
    }
}
