package io.remora.kubernetes;

/**
 * Compares resource versions as decimal numbers of any length (KEP-5504). One that is no such number compares with
 * nothing.
 */
final class ResourceVersions {

    private ResourceVersions() {}

    /** Whether both are numbers, and the first is not less. */
    static boolean isSameOrNewer(String version, String than) {
        return areNumbers(version, than) && compare(version, than) >= 0;
    }

    /** Whether both are numbers, and the first is less. */
    static boolean isOlder(String version, String than) {
        return areNumbers(version, than) && compare(version, than) < 0;
    }

    private static int compare(String a, String b) {
        return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }

    private static boolean areNumbers(String a, String b) {
        return isNumber(a) && isNumber(b);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty()
                && (text.length() == 1 || text.charAt(0) != '0')
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
