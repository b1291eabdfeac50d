using System.Threading.Channels;

namespace Blockchain.Wire.Hosting;

/// <summary>Tells everybody who listens what happens in a process. A listener that does not keep up is cut
/// off.</summary>
public sealed class Broadcast<T>
{
    /// <summary>Events kept for one listener.</summary>
    public const int Capacity = 1024;

    /// <summary>Listeners at a time.</summary>
    public const int MaxListeners = 64;

    private readonly Lock _gate = new();
    private readonly List<Channel<T>> _listeners = [];
    private bool _completed;

    /// <summary>Whether anybody listens.</summary>
    public bool HasListeners
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Count > 0;
            }
        }
    }

    /// <summary>Listens to every event from now on, until the listener is disposed of, falls behind, or the
    /// process stops.</summary>
    /// <returns>Null when too many listen already.</returns>
    public Listener? Subscribe()
    {
        Channel<T> channel = Channel.CreateBounded<T>(Capacity);
        lock (_gate)
        {
            if (_listeners.Count >= MaxListeners)
            {
                return null;
            }

            if (_completed)
            {
                channel.Writer.Complete();
            }
            else
            {
                _listeners.Add(channel);
            }
        }

        return new Listener(this, channel);
    }

    /// <summary>Tells.</summary>
    public void Publish(T happened)
    {
        lock (_gate)
        {
            for (int i = _listeners.Count - 1; i >= 0; i--)
            {
                if (!_listeners[i].Writer.TryWrite(happened))
                {
                    _listeners[i].Writer.Complete();
                    _listeners.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Ends every listener: nothing more happens.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _listeners.ForEach(static listener => listener.Writer.Complete());
            _listeners.Clear();
        }
    }

    private void Remove(Channel<T> channel)
    {
        lock (_gate)
        {
            _listeners.Remove(channel);
        }
    }

    /// <summary>One listener's place.</summary>
    public sealed class Listener : IDisposable
    {
        private readonly Broadcast<T> _events;
        private readonly Channel<T> _channel;

        internal Listener(Broadcast<T> events, Channel<T> channel)
        {
            _events = events;
            _channel = channel;
        }

        /// <summary>What happens.</summary>
        public ChannelReader<T> Reader => _channel.Reader;

        /// <inheritdoc/>
        public void Dispose() => _events.Remove(_channel);
    }
}
