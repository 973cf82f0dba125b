package dev.twofold.tracking;

import java.util.Set;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/**
 * MLflow's Java client over our {@link Transport}.
 *
 * <p>Only those of its methods may be used that go through {@code sendGet}, {@code sendPost} and
 * {@code sendPatch}: creating and searching runs and experiments, log-batch, tags and the end of a
 * run. The others would open the client's own connection.
 */
@SuppressWarnings("serial") // Never serialised; that the client can be is no contract of ours.
final class SafeMlflowClient extends MlflowClient {
  private static final String API = "/api/2.0/mlflow/";

  /** What makes another one each time it arrives; {@link MlflowApi} looks what came of it. */
  private static final Set<String> MAKES_ANEW =
      Set.of("runs/create", "logged-models", "model-versions/create");

  private final transient Transport transport;

  SafeMlflowClient(Transport transport) {
    super(new BasicMlflowHostCreds("http://unused.invalid"));
    this.transport = transport;
  }

  @Override
  public String sendGet(String path) {
    return transport.get(API + path);
  }

  @Override
  public String sendPost(String path, String json) {
    return MAKES_ANEW.contains(path)
        ? transport.postOnce(API + path, json)
        : transport.post(API + path, json);
  }

  @Override
  public String sendPatch(String path, String json) {
    return transport.patch(API + path, json);
  }

  String sendDelete(String path, String json) {
    return transport.delete(API + path, json);
  }
}
