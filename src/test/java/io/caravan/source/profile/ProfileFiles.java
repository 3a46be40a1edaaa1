package io.caravan.source.profile;

import java.nio.file.Path;

/** Profiles without Spring, for tests. */
public final class ProfileFiles {

    private ProfileFiles() {}

    public static SourceProfiles builtIn() {
        return new SourceProfiles(new ProfileSettings(null));
    }

    /** The built-in ones with those of a folder beside them, or instead. */
    public static SourceProfiles with(Path folder) {
        return new SourceProfiles(new ProfileSettings(folder));
    }
}
