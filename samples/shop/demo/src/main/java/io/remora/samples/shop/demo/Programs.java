package io.remora.samples.shop.demo;

import io.remora.lab.app.Apps;
import io.remora.lab.process.LabException;
import io.remora.lab.process.ProcessSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in the images, as commands of this machine.
 *
 * @param web the folder that the web jar was unpacked into
 * @param catalog the catalog's jar, with its libraries beside it
 * @param stock the stock's jar
 * @param reviews the script
 * @param hosts a hosts file with the ClusterIPs of the Services, in place of the cluster's DNS
 */
record Programs(Path web, Path catalog, Path stock, Path reviews, Path hosts) {
    private static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Xss512k",
            "-XX:+ExitOnOutOfMemoryError");

    /** Unpacks the web jar, as its image does: a jar of jars is slow to start. */
    static void unpack(Path jar, Path folder) {
        List<String> command = List.of(
                Apps.java().toString(),
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--destination",
                folder.toString());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolveSibling("unpack.log").toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new LabException(
                        jar + " cannot be unpacked: " + Files.readString(folder.resolveSibling("unpack.log")));
            }
        } catch (java.io.IOException e) {
            throw new LabException(jar + " cannot be unpacked: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    /** The command of a container, by its image's name. */
    ProcessSpec of(String image) {
        return switch (image) {
            case "remora-shop-web" -> java(web.resolve("web.jar"), "-Xmx96m", "-Djdk.net.hosts.file=" + hosts);
            case "remora-shop-catalog" -> java(catalog, "-Xmx64m", "-Dio.netty.allocator.numDirectArenas=1");
            case "remora-shop-stock" -> java(stock, "-Xmx32m");
            case "remora-shop-reviews" -> ProcessSpec.of("python3", reviews.toString());
            default -> throw new LabException("the manifests name an image that is not of the shop: " + image);
        };
    }

    /** By which a program's log tells that it serves. */
    static String servingLine(String image) {
        return image.equals("remora-shop-web") ? "Started Web in" : "^serving$";
    }

    static final Duration START_TIME = Duration.ofMinutes(3);

    private static ProcessSpec java(Path jar, String... options) {
        List<String> command = new ArrayList<>(List.of(Apps.java().toString()));
        command.addAll(SMALL);
        command.addAll(List.of(options));
        command.addAll(List.of("-jar", jar.toString()));
        return ProcessSpec.of(command);
    }
}
