/* All that is in the smallest root file system that a container can be made from. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    (void)argv;
    puts("hello from inside");
    fflush(stdout);
    while (argc > 1)
        pause();
    return 0;
}
