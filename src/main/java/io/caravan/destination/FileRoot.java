package io.caravan.destination;

import io.caravan.support.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * The one directory below which destinations of type {@code file} lie: {@code caravan.file.root}. Nothing outside of it is
 * written, read or deleted, whatever links there are. Users are told its name, never where it is.
 */
@Component
class FileRoot {

    /** It stands in an endpoint's URI. */
    private static final Pattern FIT = Pattern.compile("(/[A-Za-z0-9._-]+)+/?");

    private static final String SHARED = "to a directory that all nodes share";

    private final String set;

    FileRoot(FileRootSettings settings) {
        set = settings.root() == null || settings.root().isBlank() ? null : settings.root();
        if (set != null && !FIT.matcher(set).matches()) {
            throw new IllegalStateException(
                    "caravan.file.root must be an absolute path of letters, digits and . _ / -, and not the root of the"
                            + " file system: set it " + SHARED);
        }
    }

    /** Whether there may be such destinations at all. */
    boolean present() {
        return set != null;
    }

    /** What is to be done where it is not. */
    static String advice() {
        return "the operator sets caravan.file.root " + SHARED;
    }

    /**
     * The root itself, without links.
     *
     * @throws FileFailure where it is not set, not there, or cannot be written to
     */
    Path path() {
        if (set == null) {
            throw refused("Destinations of type file are off", "To turn them on, %s.".formatted(advice()));
        }
        Path root = real(Path.of(set), "caravan.file.root");
        if (!FIT.matcher(root.toString()).matches()) {
            throw refused(
                    "caravan.file.root is a link to a directory whose name has other characters than letters, digits and"
                            + " . _ -",
                    "Have the operator set caravan.file.root " + SHARED + ", under a plain name.");
        }
        return root;
    }

    /**
     * A destination's directory, without links.
     *
     * @throws FileFailure where it is not there, leads out of the root, or cannot be written to
     */
    Path directory(String relative) {
        Path root = path();
        Path found = real(root.resolve(relative), "The directory " + relative);
        if (!found.startsWith(root) || found.equals(root)) {
            throw leadsOut(relative);
        }
        return found;
    }

    /**
     * Where an object lies in a destination's directory, or is to lie.
     *
     * @throws FileFailure as {@link #directory}, and where a folder on the way leads out
     */
    Path object(String relative, String key) {
        Path directory = directory(relative);
        Path object = directory.resolve(key).normalize();
        if (!object.startsWith(directory) || object.equals(directory)) {
            throw leadsOut(relative);
        }
        for (Path on = object.getParent(); !on.equals(directory); on = on.getParent()) {
            if (Files.isSymbolicLink(on)) {
                throw leadsOut(relative);
            }
        }
        return object;
    }

    private static Path real(Path path, String what) {
        Path found;
        try {
            found = path.toRealPath();
        } catch (IOException e) {
            throw notThere(what + " is not there");
        }
        if (!Files.isDirectory(found)) {
            throw notThere(what + " is no directory");
        }
        if (!Files.isWritable(found)) {
            throw refused(what + " cannot be written to", "Let the user that Caravan runs as write there.");
        }
        return found;
    }

    private static FileFailure leadsOut(String relative) {
        return refused(
                "The directory %s leads out of caravan.file.root".formatted(relative),
                "Name a directory that lies below the root, without symbolic links that lead elsewhere.");
    }

    private static FileFailure notThere(String words) {
        return new FileFailure(
                new Meaning(ErrorCode.DESTINATION_NOT_FOUND, words + ".", false, true),
                "Create it, or mount what belongs there; it must be the same on all nodes.");
    }

    private static FileFailure refused(String words, String advice) {
        return new FileFailure(new Meaning(ErrorCode.DESTINATION_REFUSED, words + ".", false, true), advice);
    }
}
