package io.remora.netfilter;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the sets of iptables programs.
 *
 * @param kind which tables of the kernel they change; null when the name {@code iptables} does not tell
 * @param infix what stands in the program names between {@code iptables} and {@code -save}
 * @param searchPath folders that hold the programs
 */
record Backend(@Nullable BackendChoice kind, String infix, List<String> searchPath) {

    private static final List<String> SYSTEM_FOLDERS = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

    /** The folders of a PATH variable, then those that hold system programs. */
    static List<String> searchPath(@Nullable String path) {
        List<String> folders = new ArrayList<>();
        String rest = path == null ? "" : path;
        while (!rest.isEmpty()) {
            int colon = rest.indexOf(':');
            String folder = colon < 0 ? rest : rest.substring(0, colon);
            rest = colon < 0 ? "" : rest.substring(colon + 1);
            if (folder.startsWith("/")) {
                folders.add(folder);
            }
        }
        for (String folder : SYSTEM_FOLDERS) {
            if (!folders.contains(folder)) {
                folders.add(folder);
            }
        }
        return folders;
    }

    /** The installed backends, in the order nft, legacy, and last a plain {@code iptables} that is neither by name. */
    static List<Backend> installed(List<String> searchPath) {
        List<Backend> found = new ArrayList<>();
        Backend plain = new Backend(null, "", searchPath);
        BackendChoice plainKind = plain.kindByTarget();
        for (BackendChoice kind : List.of(BackendChoice.NFT, BackendChoice.LEGACY)) {
            Backend named = new Backend(kind, kind == BackendChoice.NFT ? "-nft" : "-legacy", searchPath);
            if (named.isInstalled()) {
                found.add(named);
            } else if (plainKind == kind) {
                found.add(new Backend(kind, "", searchPath));
            }
        }
        if (plain.isInstalled() && plainKind == null) {
            found.add(plain);
        }
        return found;
    }

    /** The name for people. */
    String title() {
        if (kind == null) {
            return "plain";
        }
        return kind == BackendChoice.NFT ? "nft" : "legacy";
    }

    /** The path of {@code iptables-save}, {@code ip6tables-restore} and so on; null when it is not installed. */
    @Nullable
    String program(Family family, String tool) {
        String name = programName(family, tool);
        for (String folder : searchPath) {
            File file = new File(folder, name);
            if (file.canExecute()) {
                return file.getPath();
            }
        }
        return null;
    }

    /** The name of the program that {@link #program} looks for. */
    String programName(Family family, String tool) {
        return family.program() + infix + "-" + tool;
    }

    /** Whether the programs of at least one family are there. */
    private boolean isInstalled() {
        return (program(Family.IPV4, "restore") != null && program(Family.IPV4, "save") != null)
                || (program(Family.IPV6, "restore") != null && program(Family.IPV6, "save") != null);
    }

    /** Distributions link {@code iptables-save} to xtables-nft-multi or xtables-legacy-multi. */
    private @Nullable BackendChoice kindByTarget() {
        String path = program(Family.IPV4, "restore");
        if (path == null) {
            return null;
        }
        try {
            String target = new File(path).getCanonicalFile().getName();
            if (target.contains("nft")) {
                return BackendChoice.NFT;
            }
            return target.contains("legacy") ? BackendChoice.LEGACY : null;
        } catch (IOException unreadable) {
            return null;
        }
    }
}
