import org.apache.jena.rdf.model.Model;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;

/** Apache Jena SHACL. */
public final class JenaEngine implements Judge.Engine {
    @Override
    public Model report(Model data, Model shapes) {
        return ShaclValidator.get().validate(Shapes.parse(shapes.getGraph()), data.getGraph()).getModel();
    }
}
