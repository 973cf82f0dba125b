package dev.twofold.tracking;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

/**
 * A request's body that tells how much of it has gone out.
 *
 * @param sent hears after each piece how many bytes there were
 */
record WatchedBody(BodyPublisher body, LongConsumer sent) implements BodyPublisher {

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    body.subscribe(new Watcher(subscriber, sent));
  }

  private static final class Watcher implements Flow.Subscriber<ByteBuffer> {
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final LongConsumer sent;
    private long bytes;

    Watcher(Flow.Subscriber<? super ByteBuffer> subscriber, LongConsumer sent) {
      this.subscriber = subscriber;
      this.sent = sent;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(subscription);
    }

    /** The next piece is asked for when the one before has gone. */
    @Override
    public void onNext(ByteBuffer piece) {
      sent.accept(bytes);
      bytes += piece.remaining();
      subscriber.onNext(piece);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      sent.accept(bytes);
      subscriber.onComplete();
    }
  }
}
