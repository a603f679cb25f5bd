import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.Property;
import org.apache.jena.rdf.model.RDFNode;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.RDFDataMgr;

/**
 * Runs one engine of Java on files, and prints one line of JSON about it, as `engines.py` does for engines of Python:
 * CPU seconds of all threads from the first byte read to the counted results, peak memory, counts; or why it refused.
 * Usage: `Judge ENGINE DATA SHAPES`.
 */
public final class Judge {
    private static final String SH = "http://www.w3.org/ns/shacl#";

    /** An engine: gives the report of judging a data graph by a shapes graph. */
    public interface Engine {
        Model report(Model data, Model shapes);
    }

    private Judge() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println(said(arguments[0], arguments[1], arguments[2]));
    }

    private static String said(String name, String data, String shapes) throws Exception {
        try {
            Engine engine = (Engine) Class.forName(name).getDeclaredConstructor().newInstance();
            long before = cpuNanoseconds();
            Map<String, Integer> counts = counted(engine.report(RDFDataMgr.loadModel(data), RDFDataMgr.loadModel(shapes)));
            double work = (cpuNanoseconds() - before) / 1e9;
            return "{\"work\": " + work + ", \"memory\": " + peakMegabytes() + ", \"counts\": {" + json(counts) + "}}";
        } catch (RuntimeException | Error problem) {
            return "{\"refused\": " + quoted(problem.getClass().getSimpleName() + ": " + problem.getMessage()) + "}";
        }
    }

    private static long cpuNanoseconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double peakMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IllegalStateException("the system does not say how much memory this process used at most");
    }

    private static Map<String, Integer> counted(Model report) {
        Property shape = property("sourceShape");
        Property component = property("sourceConstraintComponent");
        Map<String, Integer> counts = new TreeMap<>();
        for (RDFNode result : report.listObjectsOfProperty(property("result")).toList()) {
            RDFNode source = result.asResource().getProperty(shape).getObject();
            String kind = result.asResource().getProperty(component).getResource().getURI();
            String named = source.isURIResource() ? source.asResource().getURI() : "_:";
            counts.merge(named + " " + (kind.startsWith(SH) ? kind.substring(SH.length()) : kind), 1, Integer::sum);
        }
        return counts;
    }

    private static Property property(String name) {
        return ResourceFactory.createProperty(SH, name);
    }

    private static String json(Map<String, Integer> counts) {
        return counts.entrySet().stream()
            .map(one -> quoted(one.getKey()) + ": " + one.getValue())
            .collect(Collectors.joining(", "));
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}+", " ") + "\"";
    }
}
