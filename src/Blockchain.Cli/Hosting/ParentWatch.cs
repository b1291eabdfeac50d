namespace Blockchain.Cli.Hosting;

/// <summary>
/// Notices the end of the process that started this one: its end of the standard input pipe closes, however it ended.
/// </summary>
public static class ParentWatch
{
    /// <summary>Completes when standard input ends. What comes in is not looked at.</summary>
    public static Task StartAsync()
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                using Stream input = Console.OpenStandardInput();
                byte[] scrap = new byte[256];
                while (input.Read(scrap) > 0)
                {
                }
            }
            catch (IOException)
            {
                // A pipe that breaks has ended, too.
            }

            ended.TrySetResult();
        })
        { IsBackground = true, Name = "parent watch" };
        thread.Start();
        return ended.Task;
    }
}
