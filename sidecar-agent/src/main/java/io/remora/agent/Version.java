package io.remora.agent;

import picocli.CommandLine.IVersionProvider;

/** What runs: from the manifest of the program's jar. */
final class Version implements IVersionProvider {

    private static final String OUTSIDE_A_JAR = "development";

    /** The version of this program. */
    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? OUTSIDE_A_JAR : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"remora " + current(), "java " + Runtime.version()};
    }
}
