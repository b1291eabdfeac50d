using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Blockchain.Cli.Hosting;

/// <summary>
/// Standard output of a verb that prints without end. The console's own stream passes over a reader that has gone, so
/// that <c>watch | head</c> would never end; this one says so.
/// </summary>
internal static class FollowedOutput
{
    private const int StandardOutput = 1;

    /// <summary>Standard output, for the life of the process.</summary>
    public static TextWriter Open()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows())
        {
            return Console.Out;
        }

        // A file keeps its place for all who write to it, which a stream of its own would not know of.
        FileStream pipe = new(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek
            ? Console.Out
            : new StreamWriter(new Pipe(pipe), new UTF8Encoding(false)) { AutoFlush = true };
    }

    private sealed class Pipe(FileStream pipe) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                pipe.Write(buffer);
            }
            catch (IOException fault)
            {
                throw new CliException(
                    ExitCode.Failed, "nobody reads the output any more.", fault);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => pipe.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
