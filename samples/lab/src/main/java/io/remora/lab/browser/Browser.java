package io.remora.lab.browser;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.opentest4j.TestAbortedException;

/**
 * A headless Chromium, for tests of pages. They need selenium-chrome-driver, which is not among what the lab brings, and
 * opentest4j, which JUnit brings. Not thread-safe.
 */
public final class Browser implements AutoCloseable {

    /** System property: {@code true} makes a test fail, which would be skipped where there is no Chromium. */
    public static final String REQUIRE = "remora.test.require.browser";

    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path PICTURES = Path.of("target", "screenshots");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /**
     * Starts one; skips the test where there is none, or fails it when the system property {@value #REQUIRE} is true.
     *
     * @param profile a new folder
     * @param patience how long a page may take to load, and a script to run
     */
    public static Browser start(Path profile, Duration patience) {
        for (Path program : List.of(PROGRAM, DRIVER)) {
            if (!Files.isExecutable(program)) {
                if (Boolean.getBoolean(REQUIRE)) {
                    throw new AssertionError("browser tests are required, but there is no " + program);
                }
                throw new TestAbortedException("skipped: there is no " + program);
            }
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(PROGRAM.toFile());
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-proxy-server",
                "--lang=en",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().timeouts().pageLoadTimeout(patience).scriptTimeout(patience);
        return new Browser(driver);
    }

    /** Goes to a page. */
    public void open(URI page) {
        driver.get(page.toString());
    }

    /** Opens another tab in front of this one, or closes it and returns. */
    public void covered(boolean covered, String page) {
        if (covered) {
            driver.switchTo().newWindow(WindowType.TAB);
        } else {
            driver.close();
            driver.switchTo().window(page);
        }
    }

    /** What the tab in front is known by. */
    public String tab() {
        return driver.getWindowHandle();
    }

    /** Sets the size of the window, and whether it is a phone's. */
    public void size(int width, int height, boolean phone) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", phone ? 2 : 1, "mobile", phone));
    }

    /** Whether the page is told that its reader wants dark colours. */
    public void dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** The first that a selector finds. */
    public WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** All that a selector finds. */
    public List<WebElement> all(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    /** The text that is shown of what a selector finds; empty if it finds nothing. The page may change meanwhile. */
    public String text(String selector) {
        Object text = script(
                "const e = document.querySelector(arguments[0]); return e ? e.innerText.replace(/\\s+/g, ' ') : ''",
                selector);
        return String.valueOf(text);
    }

    /** What has the focus. */
    public WebElement focused() {
        return driver.switchTo().activeElement();
    }

    /** Runs a script in the page; returns what it does. */
    public @Nullable Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** What the page complained of since it was last asked. */
    public List<String> complaints() {
        return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::toString)
                .toList();
    }

    /** Takes a picture, into {@code target/screenshots}. */
    public void picture(String name) throws IOException {
        Files.createDirectories(PICTURES);
        Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
