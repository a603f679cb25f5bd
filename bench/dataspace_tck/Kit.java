import java.io.FileReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.eclipse.dataspacetck.core.system.ConsoleMonitor;
import org.eclipse.dataspacetck.runtime.TckRuntime;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the kit's tests with the properties of a file, and prints how many passed and which failed, for a program to read. */
public class Kit {
    public static void main(String[] arguments) throws Exception {
        Properties read = new Properties();
        read.load(new FileReader(arguments[0]));
        Map<String, String> properties = new HashMap<>();
        read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
        TestExecutionSummary summary = TckRuntime.Builder.newInstance()
                .properties(properties)
                .addPackage("org.eclipse.dataspacetck.dsp.verification")
                .displayNameMatching(name -> arguments.length < 2 || name.matches(arguments[1]))
                .monitor(new ConsoleMonitor(false, false))
                .build()
                .execute();
        summary.getFailures().forEach(failure -> System.out.println(
                "FAILED " + failure.getTestIdentifier().getDisplayName() + " | " + failure.getException()));
        System.out.println("PASSED " + summary.getTestsSucceededCount() + " OF " + summary.getTestsFoundCount());
        System.exit(0);
    }
}
