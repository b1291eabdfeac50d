using Blockchain.Client.Storage;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Format;

/// <content>The files of a client.</content>
internal sealed partial class Vectors
{
    private void AddFiles()
    {
        CanonicalWriter writer = new();
        ChainFormat.WriteRecord(writer, Ledger[5], HashAt(5));
        All.Add("chain.log", new()
        {
            ["header"] = Hex(ChainFormat.Header(LedgerId)),
            ["record of block 5"] = Hex(writer.Written),
        });
        All.Add("checkpoint file", new()
        {
            ["bytes"] = Hex(CheckpointFile.Encode(new StoredMark(Ledger.Count, HashAt(6), Checkpoint))),
            ["without checkpoint"] = Hex(CheckpointFile.Encode(new StoredMark(1, HashAt(0), null))),
        });
        All.Add("intents.log", new() { ["bytes"] = Hex(Intents()) });
    }

    private byte[] Intents()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("blockchain-format-");
        try
        {
            string path = Path.Combine(folder.FullName, "intents.log");
            using (IntentLog log = IntentLog.Open(path, out _))
            {
                log.Accept(Request.Transfers[1]);
                log.Settle(Request.Transfers[1].Id);
                log.Flush(durably: false);
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
