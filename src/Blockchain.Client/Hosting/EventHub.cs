using System.Threading.Channels;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>Tells everybody who listens what happened. A listener that does not read loses the oldest events.</summary>
internal sealed class EventHub
{
    private const int Capacity = 16_384;
    private const int MostListeners = 1_000;
    private readonly Lock _gate = new();
    private readonly List<Channel<ClientEvent>> _listeners = [];
    private ClientEvent? _end;
    private bool _closed;

    /// <summary>Listens from now on. What ended the client's part for good is told even to one who comes
    /// later.</summary>
    public ChannelReader<ClientEvent> Subscribe()
    {
        Channel<ClientEvent> channel = Channel.CreateBounded<ClientEvent>(
            new BoundedChannelOptions(Capacity) { SingleWriter = true, FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate)
        {
            if (_end is not null)
            {
                channel.Writer.TryWrite(_end);
            }

            if (_closed)
            {
                channel.Writer.Complete();
                return channel.Reader;
            }

            if (_listeners.Count == MostListeners)
            {
                _listeners[0].Writer.TryComplete();
                _listeners.RemoveAt(0);
            }

            _listeners.Add(channel);
        }

        return channel.Reader;
    }

    /// <summary>Stops listening.</summary>
    public void Unsubscribe(ChannelReader<ClientEvent> reader)
    {
        lock (_gate)
        {
            _listeners.RemoveAll(listener => listener.Reader == reader);
        }
    }

    /// <summary>Tells.</summary>
    public void Publish(ClientEvent happened)
    {
        lock (_gate)
        {
            _end = happened is ClientEvent.JoinRefused or ClientEvent.Alarm ? happened : _end;
            foreach (Channel<ClientEvent> listener in _listeners)
            {
                listener.Writer.TryWrite(happened);
            }
        }
    }

    /// <summary>Ends every subscription.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _listeners.ForEach(listener => listener.Writer.TryComplete());
        }
    }
}
