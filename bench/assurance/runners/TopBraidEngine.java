import org.apache.jena.rdf.model.Model;
import org.topbraid.shacl.validation.ValidationUtil;

/** TopBraid SHACL, which is given shapes that are not judged themselves first. */
public final class TopBraidEngine implements Judge.Engine {
    @Override
    public Model report(Model data, Model shapes) {
        return ValidationUtil.validateModel(data, shapes, false).getModel();
    }
}
