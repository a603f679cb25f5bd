import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.rdf4j.federated.FedXConfig;
import org.eclipse.rdf4j.federated.FedXFactory;
import org.eclipse.rdf4j.federated.repository.FedXRepository;
import org.eclipse.rdf4j.query.resultio.sparqljson.SPARQLResultsJSONWriter;
import org.eclipse.rdf4j.repository.RepositoryConnection;

/** Answers SELECT queries with FedX: for each line, a query's file and an answer's file with a tab between. */
public final class FedX {
    private FedX() {}

    public static void main(String[] endpoints) throws Exception {
        FedXFactory factory = FedXFactory.newFederation().withConfig(new FedXConfig().withEnforceMaxQueryTime(0));
        for (String endpoint : endpoints) {
            factory.withSparqlEndpoint(endpoint);
        }
        FedXRepository repository = factory.create();
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
            System.out.println(answered(repository, line.split("\t")));
        }
        System.exit(0);
    }

    private static String answered(FedXRepository repository, String[] files) {
        try (RepositoryConnection connection = repository.getConnection();
                OutputStream out = Files.newOutputStream(Path.of(files[1]))) {
            String query = Files.readString(Path.of(files[0]));
            connection.prepareTupleQuery(query).evaluate(new SPARQLResultsJSONWriter(out));
            return "done";
        } catch (Exception refused) {
            return String.valueOf(refused).replace('\n', ' ');
        }
    }
}
